"""The tables that the acceptance test of the mechanistic model leaves in a results folder."""

from macroimmune.results.result_table import FLAG, NUMBER, TEXT, WHOLE, result_table

__all__ = ["MECHANISM_TABLES"]

_CLAIM = {
    "claim_id": (TEXT, "id of the claim"),
    "group": (TEXT, "first claim of those that state the same; a group counts once"),
    "section": (TEXT, "section of the source"),
    "kind": (TEXT, "perturbation, function, intervention, ..."),
    "is_held_out": (FLAG, "whether its section was kept from fitting"),
}

MECHANISM_TABLES = {
    "model_claims": result_table(
        "model_claims.csv",
        "scored claim",
        **_CLAIM,
        statement=(TEXT, "the claim in one sentence"),
        compartment=(TEXT, "where it is measured; periphery: mean over four places"),
        observable=(TEXT, "what is measured"),
        condition=(TEXT, "the first of the two that are contrasted"),
        comparator=(TEXT, "the second; empty for a plain value"),
        tumour=(TEXT, "id of the tumour that was simulated; empty without one"),
        day=(TEXT, "day or window of the readout; treatment starts on day 0"),
        condition_value=(NUMBER, "observable under the condition; null: not evaluated"),
        comparator_value=(NUMBER, "observable under the comparator; null: none or not evaluated"),
        ratio=(
            NUMBER,
            "condition / comparator; of a value: value / what is expected; null for associations",
        ),
        association=(NUMBER, "of associations: Spearman's rho, or 2 x concordance - 1; else null"),
        expected=(TEXT, "up, down, unchanged, not up, not down, or the range of the value"),
        found=(TEXT, "up, down or unchanged by the same limits; empty where not evaluated"),
        passed=(FLAG, "whether the rule is met"),
        missing_mechanism=(TEXT, "of a claim that fails: what the model lacks; else empty"),
        status=(TEXT, "empty, or why it could not be evaluated"),
    ),
    "model_scores": result_table(
        "model_scores.csv",
        "set of groups: all, fitted, held out, each section, each kind",
        scope=(TEXT, "all, fitted, held out, section, or kind"),
        name=(TEXT, "of the section or kind; of the others the scope again"),
        n_claims=(WHOLE, "claims"),
        n_groups=(WHOLE, "groups"),
        n_passed=(WHOLE, "groups of which every claim passes"),
        n_not_evaluated=(WHOLE, "groups with a claim that could not be evaluated; they fail"),
        score=(NUMBER, "percent of groups that pass"),
        always_up=(NUMBER, "percent that a model reaches for which everything rises"),
        always_down=(NUMBER, "percent where everything falls"),
        always_unchanged=(NUMBER, "percent where nothing changes"),
        permuted_mean=(
            NUMBER,
            "percent that these ratios reach with the directions shuffled among the groups of "
            "their section: mean of the permutations",
        ),
        permuted_p95=(NUMBER, "95th percentile of them"),
        permuted_p99=(NUMBER, "99th percentile"),
        n_permutations=(WHOLE, "permutations"),
        median_pass_fraction=(
            NUMBER,
            "median over claims of the fraction of parameter draws that pass; null: none drawn",
        ),
        n_draws=(WHOLE, "draws of the immune parameters; 0: none"),
        status=(TEXT, "empty, or how to read the row"),
    ),
    "model_draws": result_table(
        "model_draws.csv",
        "scored claim",
        **_CLAIM,
        n_draws=(WHOLE, "draws of the immune parameters within their ranges"),
        n_not_evaluated=(WHOLE, "of them, those in which the claim could not be evaluated"),
        n_passed=(WHOLE, "of them, those in which it passes"),
        pass_fraction=(NUMBER, "n_passed / n_draws"),
        ratio_low=(NUMBER, "2.5th percentile of the ratio, or association, over the draws"),
        ratio_median=(NUMBER, "median"),
        ratio_high=(NUMBER, "97.5th percentile"),
    ),
    "model_ablations": result_table(
        "model_ablations.csv",
        "what is taken away x section (and all)",
        ablation=(TEXT, "no marrow response, no spleen, no node"),
        section=(TEXT, "section of the source, or all"),
        n_groups=(WHOLE, "groups"),
        n_passed_whole=(WHOLE, "groups that pass with the whole model"),
        n_passed=(WHOLE, "groups that pass without it"),
        n_lost=(WHOLE, "groups that pass with the whole model alone"),
        n_gained=(WHOLE, "groups that pass without it alone"),
        groups_lost=(TEXT, "their ids, joined by ;"),
        groups_gained=(TEXT, "their ids, joined by ;"),
        status=(TEXT, "empty, or why it could not be done"),
    ),
}
