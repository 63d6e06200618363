"""The tables of a results folder, each declared once: file, columns, kinds, meaning."""

from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from macroimmune.errors import ResultsError

__all__ = ["RESULT_TABLES", "ResultTable", "conform", "empty"]

TEXT, NUMBER, WHOLE, FLAG = pl.String(), pl.Float64(), pl.Int64(), pl.Boolean()


@dataclass(frozen=True, slots=True)
class ResultTable:
    """One table of the results folder.

    Parameters
    ----------
    file : str
        Its file name; the ending says the format.
    one_row_per : str
        What a row is.
    columns : mapping from name to (polars type, meaning)
        Always all there, in this order; an estimate that could not be made is null and its
        `status` says why.
    """

    file: str
    one_row_per: str
    columns: MappingProxyType[str, tuple[pl.DataType, str]]

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The polars schema."""
        return {name: kind for name, (kind, _) in self.columns.items()}


def _table(path: str, one_row_per: str, /, **columns: tuple[pl.DataType, str]) -> ResultTable:
    return ResultTable(path, one_row_per, MappingProxyType(columns))


RESULT_TABLES = MappingProxyType({
    "findings": _table(
        "findings.csv",
        "problem found in the study",
        severity=(TEXT, "error, warning or note"),
        code=(TEXT, "kind of finding"),
        file=(TEXT, "file name"),
        row=(WHOLE, "row as a spreadsheet numbers it; the header is row 1"),
        column=(TEXT, "the user's column"),
        found=(TEXT, "what stands there"),
        expected=(TEXT, "what was expected"),
        advice=(TEXT, "what to do"),
    ),
    "participant_flow": _table(
        "participant_flow.csv",
        "step",
        step=(TEXT, "what was done"),
        n=(WHOLE, "participants who remain"),
        n_excluded=(WHOLE, "participants who left"),
        reason=(TEXT, "why"),
    ),
    "features": _table(
        "features.parquet",
        "sample x feature",
        participant_id=(TEXT, "participant"),
        sample_id=(TEXT, "sample"),
        days_from_treatment_start=(NUMBER, "day of the sample; treatment starts on day 0"),
        compartment=(TEXT, "blood, tumour, ..."),
        feature=(TEXT, "id of the feature"),
        value=(NUMBER, "in `unit`; null where it could not be computed"),
        ci_low=(NUMBER, "lower end of the 95 % interval of measurement, where there is one"),
        ci_high=(NUMBER, "upper end"),
        unit=(TEXT, "unit of the value"),
        below_limit=(FLAG, "undetected: the value is the limit (0 of detected or not)"),
        status=(TEXT, "empty, or why the value is missing or to be read with care"),
    ),
    "feature_list": _table(
        "feature_list.csv",
        "feature, computed or not",
        feature=(TEXT, "id of the feature"),
        name=(TEXT, "name for people"),
        family=(TEXT, "blood counts, proteins, populations, ..."),
        unit=(TEXT, "unit of its values"),
        denominator=(TEXT, "population of which a share is taken; empty for all others"),
        compartment=(TEXT, "where it is measured"),
        timing=(TEXT, "baseline, on treatment, or change"),
        scale=(TEXT, "what one unit of the effect is: per doubling, per SD, per NPX"),
        evidence_ids=(TEXT, "lines of the evidence that it serves, joined by ;"),
        n_participants=(WHOLE, "participants with a value"),
        undetected_percent=(NUMBER, "samples below the limit of detection, of those with a value"),
        status=(TEXT, "computed, or one sentence on what is missing"),
    ),
    "associations": _table(
        "associations.csv",
        "feature x endpoint x landmark",
        feature=(TEXT, "id of the feature"),
        endpoint=(TEXT, "os, pfs, rfs, response, pathological_complete_response, ..."),
        landmark_days=(NUMBER, "day of the landmark; null for baseline features"),
        scale=(TEXT, "what one unit of the effect is"),
        effect=(TEXT, "hazard_ratio, odds_ratio or auc"),
        estimate=(NUMBER, "of the effect"),
        ci_low=(NUMBER, "lower end of the 95 % interval"),
        ci_high=(NUMBER, "upper end"),
        p_value=(NUMBER, "two-sided"),
        q_value=(NUMBER, "Benjamini-Hochberg over the ledger"),
        n=(WHOLE, "participants in the estimate"),
        n_events=(WHOLE, "events, or responders"),
        n_excluded=(WHOLE, "participants of the study who are not in the estimate"),
        log_effect_per_sd=(NUMBER, "natural logarithm of the effect per SD of the scaled feature"),
        standard_error_per_sd=(NUMBER, "its standard error"),
        nonlinearity_p_value=(NUMBER, "p of the spline's departure from a line"),
        proportional_hazards_p_value=(NUMBER, "Grambsch-Therneau; empty for logistic models"),
        method=(TEXT, "what was fitted"),
        status=(TEXT, "empty, or why there is no estimate or how to read it"),
    ),
    "competing_risks": _table(
        "competing_risks.csv",
        "feature x endpoint x landmark x effect x cause; arms by Gray's test",
        feature=(TEXT, "id of the feature; arm for the test between arms"),
        endpoint=(TEXT, "os, pfs or rfs, whose events are told apart"),
        landmark_days=(NUMBER, "day of the landmark; null for baseline features and arms"),
        cause=(TEXT, "progression, death without progression, death from the cancer, ..."),
        effect=(
            TEXT,
            "cause_specific_hazard_ratio, subdistribution_hazard_ratio or gray_test",
        ),
        scale=(TEXT, "what one unit of the effect is"),
        estimate=(NUMBER, "the ratio; null for a test"),
        ci_low=(NUMBER, "lower end of the 95 % interval"),
        ci_high=(NUMBER, "upper end"),
        p_value=(NUMBER, "two-sided"),
        q_value=(NUMBER, "Benjamini-Hochberg over the ledger"),
        n=(WHOLE, "participants in the estimate"),
        n_events=(WHOLE, "events of this cause"),
        n_competing=(WHOLE, "events of other causes, those of an unknown cause included"),
        n_excluded=(WHOLE, "participants of the study who are not in the estimate"),
        method=(TEXT, "what was fitted"),
        status=(TEXT, "empty, or why there is no estimate or how to read it"),
    ),
    "predictive": _table(
        "predictive.csv",
        "feature x endpoint, against the control arm",
        feature=(TEXT, "id of the feature"),
        endpoint=(TEXT, "os, pfs, ..."),
        control=(TEXT, "the control arm"),
        design=(TEXT, "no control arm, non-randomised or randomised"),
        interaction_hazard_ratio=(NUMBER, "HR of the feature in the treated over that in controls"),
        ci_low=(NUMBER, "lower end of the 95 % interval"),
        ci_high=(NUMBER, "upper end"),
        p_value=(NUMBER, "two-sided, of the interaction"),
        q_value=(NUMBER, "Benjamini-Hochberg over the ledger"),
        scale=(TEXT, "what one unit of the effect is"),
        hazard_ratio_control=(NUMBER, "of the feature among controls"),
        control_ci_low=(NUMBER, "lower end of its 95 % interval"),
        control_ci_high=(NUMBER, "upper end"),
        hazard_ratio_treated=(NUMBER, "of the feature among the treated"),
        treated_ci_low=(NUMBER, "lower end of its 95 % interval"),
        treated_ci_high=(NUMBER, "upper end"),
        n=(WHOLE, "participants"),
        n_events=(WHOLE, "events"),
        verdict=(TEXT, "what can be said, in words"),
        status=(TEXT, "empty, or why there is no estimate"),
    ),
    "restricted_means": _table(
        "restricted_means.csv",
        "endpoint x group, or x difference between two groups",
        feature=(TEXT, "id of the feature whose cut divides; empty for arms and the whole study"),
        endpoint=(TEXT, "os, pfs, ..."),
        horizon_days=(NUMBER, "mean time without the event up to here; fixed in advance"),
        group=(TEXT, "all participants, an arm, treated, above or up to the cut"),
        against=(TEXT, "the group that is subtracted; empty where the row is a mean"),
        estimate_days=(NUMBER, "the mean, or the difference of means"),
        standard_error_days=(NUMBER, "of the estimate, not the spread among participants"),
        ci_low=(NUMBER, "lower end of the 95 % interval, days"),
        ci_high=(NUMBER, "upper end"),
        p_value=(NUMBER, "two-sided, of the difference"),
        q_value=(NUMBER, "Benjamini-Hochberg over the ledger"),
        n=(WHOLE, "participants"),
        n_events=(WHOLE, "events, over the whole follow-up"),
        method=(TEXT, "what was computed"),
        status=(TEXT, "empty, or why there is no estimate or how to read it"),
    ),
    "added_value": _table(
        "added_value.csv",
        "feature x endpoint x landmark x base",
        feature=(TEXT, "id of the feature"),
        endpoint=(TEXT, "endpoint"),
        landmark_days=(NUMBER, "day of the landmark; null for baseline features"),
        over=(TEXT, "the base: routine bloods that the study has, or a score it names"),
        absent=(TEXT, "routine bloods that are not in the base, joined by commas"),
        scale=(TEXT, "what one unit of the effect is"),
        effect=(TEXT, "hazard_ratio or odds_ratio"),
        estimate=(NUMBER, "of the feature beside the base"),
        ci_low=(NUMBER, "lower end of the 95 % interval"),
        ci_high=(NUMBER, "upper end"),
        lr_statistic=(NUMBER, "twice the gain in log likelihood, base and feature over the base"),
        degrees_of_freedom=(WHOLE, "of it"),
        p_value=(NUMBER, "of the likelihood ratio"),
        q_value=(NUMBER, "Benjamini-Hochberg over the ledger"),
        n=(WHOLE, "participants with outcome, feature and base: both models are fitted to them"),
        n_events=(WHOLE, "their events, or responders"),
        n_excluded=(WHOLE, "participants of the study who are not in the models"),
        correlation_with_base=(NUMBER, "Pearson's, of the feature with the score of the base"),
        horizon_days=(NUMBER, "day up to which predictions are judged; null for binary endpoints"),
        concordance_base=(NUMBER, "Uno's, or the area under the ROC curve; optimism-corrected"),
        concordance_with=(NUMBER, "the same with the feature"),
        change_of_concordance=(NUMBER, "with less without"),
        change_of_concordance_ci_low=(NUMBER, "lower end of its 95 % bootstrap interval"),
        change_of_concordance_ci_high=(NUMBER, "upper end"),
        harrell_base=(NUMBER, "Harrell's, up to the same horizon; optimism-corrected"),
        harrell_with=(NUMBER, "the same with the feature"),
        change_of_harrell=(NUMBER, "with less without"),
        change_of_harrell_ci_low=(NUMBER, "lower end of its 95 % bootstrap interval"),
        change_of_harrell_ci_high=(NUMBER, "upper end"),
        threshold=(NUMBER, "risk of the event by the horizon at which one would act"),
        net_benefit_base=(NUMBER, "of acting on the base's risk; optimism-corrected"),
        net_benefit_with=(NUMBER, "the same with the feature"),
        change_of_net_benefit=(NUMBER, "with less without"),
        change_of_net_benefit_ci_low=(NUMBER, "lower end of its 95 % bootstrap interval"),
        change_of_net_benefit_ci_high=(NUMBER, "upper end"),
        n_resamples=(WHOLE, "bootstrap samples, both models fitted anew in each; 0 = not run"),
        method=(TEXT, "the test, as it stands in the ledger"),
        status=(TEXT, "empty, or what is missing and how to read the row"),
    ),
    "ledger": _table(
        "ledger.csv",
        "test that was run",
        order=(WHOLE, "when, from 1"),
        feature=(TEXT, "id of the feature"),
        endpoint=(TEXT, "endpoint"),
        landmark_days=(NUMBER, "landmark, if any"),
        method=(TEXT, "the test"),
        p_value=(NUMBER, "two-sided"),
        q_value=(NUMBER, "Benjamini-Hochberg over all rows with a p"),
        status=(TEXT, "empty, or why there is no p"),
    ),
    "curves": _table(
        "curves.parquet",
        "point of a curve",
        curve=(
            TEXT,
            "kaplan_meier, at_risk, effect, hazard_ratio_over_time, distribution, points; "
            "cumulative_incidence of the event of interest, competing_incidence of the others; "
            "kaplan_meier_cut and at_risk_cut on both sides of a cut; cut_statistic along the cuts",
        ),
        feature=(TEXT, "id of the feature; empty for the whole study"),
        endpoint=(TEXT, "endpoint"),
        landmark_days=(NUMBER, "landmark, if any"),
        group=(TEXT, "the line: lower third, arm A1, responders, ..."),
        x=(NUMBER, "days, value of the feature, or quantile"),
        y=(NUMBER, "survival, incidence, hazard or odds ratio, or value of the feature"),
        ci_low=(NUMBER, "lower end of the pointwise 95 % interval"),
        ci_high=(NUMBER, "upper end"),
        n=(WHOLE, "participants at risk or in the group"),
    ),
    "cut_points": _table(
        "cut_points.csv",
        "feature x endpoint x landmark with a cut",
        feature=(TEXT, "id of the feature"),
        endpoint=(TEXT, "os, pfs, response, ..."),
        landmark_days=(NUMBER, "day of the landmark; null for baseline features"),
        unit=(TEXT, "unit of the feature and of its cut"),
        kind=(TEXT, "fixed beforehand, or searched"),
        cut=(NUMBER, "the largest value of the lower group"),
        cut_ci_low=(NUMBER, "2.5 % of resamples have a lower best cut; null for a fixed cut"),
        cut_ci_high=(NUMBER, "2.5 % of resamples have a higher best cut"),
        share_near=(NUMBER, "share of resamples whose best cut leaves as many below, within 10 %"),
        share_at_border=(
            NUMBER,
            "share of resamples with the best cut at a border of the search",
        ),
        n_low=(WHOLE, "participants up to the cut"),
        n_high=(WHOLE, "participants above it"),
        events_low=(WHOLE, "events, or responders, up to the cut"),
        events_high=(WHOLE, "events, or responders, above it"),
        statistic=(NUMBER, "absolute standardised log-rank or chi statistic at the cut"),
        statistic_threshold=(NUMBER, "a search where nothing is there exceeds it in 5 %"),
        p_value=(NUMBER, "of a searched cut adjusted for the search, by permutation"),
        lausen_schumacher_p_value=(NUMBER, "the same by approximation; null within strata"),
        q_value=(NUMBER, "Benjamini-Hochberg over the ledger"),
        effect=(TEXT, "hazard_ratio or odds_ratio, above the cut against up to it"),
        apparent_ratio=(NUMBER, "at a searched cut: apparent, inflated by the search"),
        shrunken_ratio=(NUMBER, "the same without what the search alone explains"),
        shrunken_ci_low=(NUMBER, "lower end of its 95 % interval, search repeated in resamples"),
        shrunken_ci_high=(NUMBER, "upper end"),
        fixed_cut_ratio=(NUMBER, "at a cut fixed beforehand"),
        fixed_cut_ci_low=(NUMBER, "lower end of its 95 % interval"),
        fixed_cut_ci_high=(NUMBER, "upper end"),
        continuous_ratio=(NUMBER, "the primary effect: of the continuous feature"),
        continuous_ci_low=(NUMBER, "lower end of its 95 % interval"),
        continuous_ci_high=(NUMBER, "upper end"),
        continuous_p_value=(NUMBER, "its p, two-sided"),
        continuous_scale=(TEXT, "what one unit of it is"),
        method=(TEXT, "the test"),
        status=(TEXT, "empty, or why there is no estimate or how to read it"),
    ),
    "agreement": _table(
        "agreement.csv",
        "evidence line",
        evidence_id=(TEXT, "the line of the evidence"),
        feature=(TEXT, "id of the feature that speaks to it; empty if none"),
        endpoint=(TEXT, "endpoint of this study that was compared"),
        landmark_days=(NUMBER, "landmark, if any"),
        setting=(TEXT, "same tumour and therapy, another tumour, another therapy, not stated, ..."),
        published_direction=(TEXT, "which values are favourable: low or high"),
        observed_direction=(TEXT, "low, high or empty"),
        verdict=(TEXT, "agrees, contradicts, underpowered, no effect of that size, not measured"),
        reason=(TEXT, "the figures behind the verdict, or what is missing"),
    ),
    "trajectories": _table(
        "trajectories.csv",
        "feature x question to its repeated samples",
        feature=(TEXT, "id of the feature"),
        endpoint=(TEXT, "course, or response where responders are compared"),
        comparison=(TEXT, "change with time, or the two groups whose changes are compared"),
        until_days=(NUMBER, "last day of samples that were used, fixed in study.toml"),
        scale=(TEXT, "what the estimate counts"),
        estimate=(NUMBER, "change per 30 days, or its difference between the groups"),
        ci_low=(NUMBER, "lower end of the 95 % interval"),
        ci_high=(NUMBER, "upper end"),
        degrees_of_freedom=(NUMBER, "Satterthwaite's"),
        p_value=(NUMBER, "two-sided"),
        q_value=(NUMBER, "Benjamini-Hochberg over the ledger"),
        n=(WHOLE, "participants"),
        n_samples=(WHOLE, "their samples"),
        method=(TEXT, "what was fitted"),
        status=(TEXT, "empty, or why there is no estimate or how to read it"),
    ),
    "meta_analysis": _table(
        "meta_analysis.csv",
        "feature x endpoint x landmark x effect, pooled over cohorts",
        feature=(TEXT, "id of the feature"),
        endpoint=(TEXT, "os, pfs, ..."),
        landmark_days=(NUMBER, "day of the landmark; null for baseline features"),
        scale=(TEXT, "what one unit of the effect is"),
        effect=(TEXT, "hazard_ratio, odds_ratio or auc"),
        k=(WHOLE, "cohorts with an estimate and its interval"),
        n=(WHOLE, "participants in them"),
        n_events=(WHOLE, "events, or responders, in them"),
        estimate=(NUMBER, "mean of the effects (random effects); null below three cohorts"),
        ci_low=(NUMBER, "lower end of its 95 % interval (Hartung-Knapp)"),
        ci_high=(NUMBER, "upper end"),
        p_value=(NUMBER, "two-sided, t with k - 1 degrees of freedom"),
        q_value=(NUMBER, "Benjamini-Hochberg over the ledger"),
        prediction_low=(NUMBER, "lower end of the 95 % interval for a new cohort's true effect"),
        prediction_high=(NUMBER, "upper end"),
        fixed_estimate=(NUMBER, "if all cohorts shared one true effect"),
        fixed_ci_low=(NUMBER, "lower end of its 95 % interval"),
        fixed_ci_high=(NUMBER, "upper end"),
        tau=(NUMBER, "SD of true effects between cohorts (log or logit scale), by REML"),
        tau_ci_low=(NUMBER, "lower end of its Q-profile 95 % interval"),
        tau_ci_high=(NUMBER, "upper end"),
        i_squared=(NUMBER, "percent of the variance that lies between cohorts"),
        q_statistic=(NUMBER, "Cochran's Q"),
        heterogeneity_p_value=(NUMBER, "its p, chi-squared with k - 1 degrees of freedom"),
        method=(TEXT, "how it was pooled"),
        status=(TEXT, "empty, or why there is no pooled number or how to read it"),
    ),
    "meta_cohorts": _table(
        "meta_cohorts.csv",
        "pooled effect x cohort",
        feature=(TEXT, "id of the feature"),
        endpoint=(TEXT, "os, pfs, ..."),
        landmark_days=(NUMBER, "day of the landmark; null for baseline features"),
        scale=(TEXT, "what one unit of the effect is"),
        effect=(TEXT, "hazard_ratio, odds_ratio or auc"),
        method=(TEXT, "how it was pooled; with the columns before it, the row of meta_analysis"),
        cohort=(TEXT, "the cohort"),
        estimate=(NUMBER, "its own effect"),
        ci_low=(NUMBER, "lower end of its 95 % interval"),
        ci_high=(NUMBER, "upper end"),
        n=(WHOLE, "participants"),
        n_events=(WHOLE, "events, or responders"),
        weight_percent=(NUMBER, "its weight in the pooled estimate"),
        estimate_without=(NUMBER, "pooled estimate without it; null below three others"),
        ci_low_without=(NUMBER, "lower end of its 95 % interval"),
        ci_high_without=(NUMBER, "upper end"),
        status=(TEXT, "empty, why it is absent, or how to read it"),
    ),
    "truth": _table(
        "truth.csv",
        "feature x endpoint of a virtual study",
        feature=(TEXT, "id of the feature"),
        endpoint=(TEXT, "os, pfs, response"),
        scale=(TEXT, "what one unit of the effect is"),
        effect=(TEXT, "hazard_ratio or odds_ratio"),
        conditional=(NUMBER, "the effect that generated the data, others held fixed"),
        marginal=(NUMBER, "the effect that a univariable model estimates, from a large sample"),
        is_null=(FLAG, "whether the feature has no effect of any kind"),
    ),
})


def empty(table: str) -> pl.DataFrame:
    """Return the table named `table` without rows."""
    return pl.DataFrame(schema=RESULT_TABLES[table].schema)


def conform(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with exactly the declared columns of `table`, in order and kind.

    Parameters
    ----------
    table : str
        Name of a declared result table.
    frame : polars DataFrame
        NaN and infinity become null, a missing text the empty text: in a results folder nothing
        is written where nothing is known.

    Returns
    -------
    frame : polars DataFrame

    Raises
    ------
    ResultsError
        If a declared column is missing or an undeclared one is present.
    """
    declared = RESULT_TABLES[table].schema
    missing = [name for name in declared if name not in frame.columns]
    extra = [name for name in frame.columns if name not in declared]
    if missing or extra:
        msg = f"table {table}: columns missing {missing}, not declared {extra}"
        raise ResultsError(msg)
    texts = [name for name, kind in declared.items() if kind == TEXT]
    numbers = [name for name, kind in declared.items() if kind == NUMBER]
    return (
        frame
        .select(list(declared))
        .cast(pl.Schema(declared))
        .with_columns(_finite(numbers), pl.col(texts).fill_null(""))
    )


def _finite(numbers: list[str]) -> pl.Expr:
    """Return number columns with null where a value is not finite."""
    return pl.when(pl.col(numbers).is_finite()).then(pl.col(numbers)).name.keep()
