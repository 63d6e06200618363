"""The REMARK profile: twenty items, answered from what was run and from nothing else."""

from collections.abc import Callable

from macroimmune.report.agreement_section import verdict_counts
from macroimmune.report.association_cells import is_discovery
from macroimmune.report.numbers import count, duration, finite, number_in, plural
from macroimmune.report.page import RemarkItem, RemarkSection
from macroimmune.report.source import ReportSource

__all__ = ["remark_section"]

UNKNOWN = "Not available from these tables."

Answer = Callable[[ReportSource], str]


def remark_section(source: ReportSource) -> RemarkSection:
    """Return all items; one that the results cannot answer says so."""
    items = []
    for number, (asks, answer) in enumerate(_ITEMS, start=1):
        said = answer(source) if answer is not None else ""
        items.append(RemarkItem(number, asks, said or UNKNOWN, is_answered=bool(said)))
    answered = sum(item.is_answered for item in items)
    lead = (
        f"{count(answered)} of {count(len(items))} items of the reporting recommendations for "
        "tumour marker prognostic studies are answered here, wholly or in part; the others are "
        "for the authors of the study."
    )
    return RemarkSection(lead, tuple(items))


def _markers(source: ReportSource) -> str:
    families = {str(row["family"]) for row in source.feature_rows.values() if row["family"]}
    if not source.associations:
        return ""
    kinds = f" ({', '.join(sorted(families))})" if families else ""
    return f"{plural(len(source.associations), 'biomarker')} examined{kinds}."


def _patients(source: ReportSource) -> str:
    n = number_in(source.study, "n_participants")
    steps = [row for row in source.rows("participant_flow") if row["n_excluded"]]
    reasons = "; ".join(
        f"{count(row['n_excluded'])} left out: {row['reason'] or row['step']}" for row in steps
    )
    head = "" if n is None else f"{plural(n, 'participant')} analysed."
    return f"{head} {reasons}.".strip() if reasons else head


def _treatments(source: ReportSource) -> str:
    arms = source.study.get("arms")
    if not isinstance(arms, dict) or not arms:
        return ""
    return "Arms: " + ", ".join(f"{name} ({count(number_in(arms, name))})" for name in arms) + "."


def _specimens(source: ReportSource) -> str:
    rows = source.feature_rows.values()
    places = sorted({str(row["compartment"]) for row in rows if row["compartment"]})
    window = source.study.get("baseline_window_days")
    when = (
        f" Baseline is day {window[0]:g} to {window[1]:g}."
        if isinstance(window, list) and [type(finite(day)) for day in window] == [float, float]
        else ""
    )
    return f"Measured in {', '.join(places)}.{when}" if places else when.strip()


def _design(source: ReportSource) -> str:
    parts = []
    design = source.study.get("design")
    if design:
        parts.append(f"Design: {design}.")
    strata = source.study.get("strata")
    if isinstance(strata, list | tuple) and strata:
        parts.append(f"Stratified by {', '.join(map(str, strata)).replace('_', ' ')}.")
    for record in source.endpoints():
        follow_up = number_in(record, "median_follow_up_days")
        if follow_up is not None:
            name = source.endpoint_name(str(record.get("id", "")))
            parts.append(f"Median follow-up for {name} {duration(follow_up)}.")
    return " ".join(parts)


def _endpoints(source: ReportSource) -> str:
    names = [source.endpoint_name(str(record.get("id", ""))) for record in source.endpoints()]
    return f"{', '.join(names)}." if names else ""


def _variables(source: ReportSource) -> str:
    computed = len(source.associations)
    missing = sum(
        row["status"] not in {"", "computed"} and feature not in source.associations
        for feature, row in source.feature_rows.items()
    )
    if not computed:
        return ""
    tail = f"; {count(missing)} more could not be computed, with the reason" if missing else ""
    return f"All {count(computed)} are listed in the biomarker table{tail}."


def _methods(source: ReportSource) -> str:
    methods = source.run.get("methods")
    return f"{plural(len(methods), 'method')} described under Methods." if methods else ""


def _handling(source: ReportSource) -> str:
    rows = [row for rows in source.associations.values() for row in rows]
    scales = sorted({row["scale"] for row in rows if row["scale"] and "cut" not in row["method"]})
    if not scales:
        return ""
    return f"Continuous values, {', '.join(scales)}; thirds only in figures.{_cuts(source)}"


def _cuts(source: ReportSource) -> str:
    """Say how many cuts there are, nothing where there are none."""
    kinds = source.tables["cut_points"]["kind"]
    searched = int((kinds == "searched").sum())
    fixed = kinds.len() - searched
    said = [f"{plural(fixed, 'cut')} fixed beforehand"] if fixed else []
    if searched:
        said.append(f"{plural(searched, 'cut')} searched, with p adjusted for the search")
    return f" {'; '.join(said)}." if said else ""


def _flow(source: ReportSource) -> str:
    steps = source.tables["participant_flow"].height
    return f"Drawn in {plural(steps, 'step')} under The study." if steps else ""


def _demographics(source: ReportSource) -> str:
    known = [
        name
        for name, key in (("age", "age"), ("sex", "sex"), ("cancer type", "cancer_types"))
        if source.study.get(key)
    ]
    counted = "participants with a value are given for each biomarker"
    return f"{', '.join(known).capitalize()} under The study; {counted}." if known else ""


def _univariable(source: ReportSource) -> str:
    rows = [row for rows in source.associations.values() for row in rows]
    made = sum(row["estimate"] is not None for row in rows)
    found = sum(is_discovery(row) for row in rows)
    if not made:
        return ""
    return f"{plural(made, 'estimate')} with interval, p and q; {count(found)} with q < 0.05."


def _investigations(source: ReportSource) -> str:
    rows = [row for rows in source.associations.values() for row in rows]
    parts = []
    for column, words in (
        ("proportional_hazards_p_value", "proportional hazards"),
        ("nonlinearity_p_value", "linearity"),
    ):
        tested = sum(row[column] is not None for row in rows)
        if tested:
            parts.append(f"{words} tested in {plural(tested, 'model')}")
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _context(source: ReportSource) -> str:
    counts = verdict_counts(source.rows("agreement"))
    return f"Published lines compared one by one: {counts}." if counts else ""


_ITEMS: tuple[tuple[str, Answer | None], ...] = (
    ("Markers, objectives and hypotheses", _markers),
    ("Characteristics and source of the patients, who was eligible", _patients),
    ("Treatments, and how they were chosen", _treatments),
    ("Biological material and how it was kept", _specimens),
    ("Assay, protocol, quality control, blinding", None),
    ("Design: how cases were selected, period, follow-up", _design),
    ("Clinical endpoints", _endpoints),
    ("All variables that were considered", _variables),
    ("Reasoning behind the sample size", None),
    ("Statistical methods, model building, missing data", _methods),
    ("How marker values were handled; cut-points", _handling),
    ("Flow of patients, with numbers and reasons", _flow),
    ("Distributions of demographic and standard variables and of the marker", _demographics),
    ("Relation of the marker to standard prognostic variables", None),
    ("Univariable relation of marker and outcome", _univariable),
    ("Multivariable estimates for the marker and the other variables", None),
    ("Estimates with marker and standard variables together", None),
    ("Checks of assumptions, sensitivity, internal validation", _investigations),
    ("Results against prior hypotheses and other studies; limits", _context),
    ("Meaning for research and for patients", None),
)
