"""Rows of the association table as cells, the same in every table that shows them."""

from macroimmune.report.numbers import count, interval, p_value, ratio
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.tables import Cell, Column, number_cell

__all__ = [
    "ESTIMATE_COLUMNS",
    "adjusted_words",
    "effect_name",
    "effect_short",
    "endpoint_short",
    "endpoint_words",
    "estimate_cells",
    "is_discovery",
    "is_time_dependent",
    "null_value",
]

_SHORT = {"hazard_ratio": "HR", "odds_ratio": "OR", "auc": "AUC"}
_EFFECTS = {"hazard_ratio": "Hazard ratio", "odds_ratio": "Odds ratio", "auc": "AUC"}

_ADJUSTED_FOR = "adjusted for "
# How a method goes on after the columns: the values that were drawn, and Firth's likelihood.
_NO_COLUMN = ("values imputed", "penalised likelihood")

ESTIMATE_COLUMNS = (
    Column("Effect", meaning="HR hazard ratio, OR odds ratio, AUC area under the curve"),
    Column("Estimate", is_number=True),
    Column("95 % interval", is_number=True),
    Column("Scale", meaning="What one unit of the effect is"),
    Column("p", is_number=True, meaning="Two-sided"),
    Column("q", is_number=True, meaning="Benjamini-Hochberg over every test that was run"),
    Column("n", is_number=True),
    Column("Events", is_number=True, meaning="Events, or responders"),
)


def adjusted_words(row: Row) -> str:
    """Return "adjusted for ..." where a model holds declared columns, else nothing.

    A model that is adjusted for the baseline of a change alone is the feature's usual one.
    """
    _, found, names = row["method"].partition(_ADJUSTED_FOR)
    listed = [name for name in names.split(", ") if not name.endswith(_NO_COLUMN)]
    return f"adjusted for {', '.join(listed)}" if found and listed != ["baseline"] else ""


def effect_name(effect: str) -> str:
    """Return the effect in words."""
    return _EFFECTS.get(effect, effect.replace("_", " ").capitalize())


def effect_short(effect: str) -> str:
    """Return the effect as a table shows it: HR, OR or AUC."""
    return _SHORT.get(effect, effect_name(effect))


def null_value(effect: str) -> float:
    """Return the value that means no effect."""
    return 0.5 if effect == "auc" else 1.0


def is_discovery(row: Row) -> bool:
    """Return whether the q-value of a row is below 0.05."""
    return row["q_value"] is not None and row["q_value"] < 0.05


def endpoint_words(source: ReportSource, row: Row) -> str:
    """Return the endpoint, with its landmark where there is one."""
    return source.endpoint_name(row["endpoint"]) + _from_when(row)


def endpoint_short(source: ReportSource, row: Row) -> str:
    """Return the endpoint as a table shows it: OS and PFS as clinicians write them."""
    endpoint = row["endpoint"]
    name = endpoint.upper() if len(endpoint) <= 3 else source.endpoint_name(endpoint)
    return name + _from_when(row)


def is_time_dependent(row: Row) -> bool:
    """Return whether a row is of a model in which the value changes during follow-up."""
    return str(row.get("method", "")).startswith("time-dependent")


def _from_when(row: Row) -> str:
    if is_time_dependent(row):
        return ", value at each time"
    return "" if row["landmark_days"] is None else f", from day {row['landmark_days']:g}"


def _scale_words(row: Row) -> str:
    """Return the scale; of an area under the curve Mann-Whitney's U and p, as papers print them."""
    u, p = row.get("mann_whitney_u"), row.get("mann_whitney_p_value")
    if u is None or p is None:
        return str(row["scale"])
    return f"{row['scale']}; Mann-Whitney U = {u:g}, p = {p_value(p)}"


def estimate_cells(row: Row) -> tuple[Cell, ...]:
    """Return effect, estimate, interval, scale, p, q, n and events of a row."""
    look = "strong" if is_discovery(row) else ""
    return (
        Cell(effect_short(row["effect"])),
        number_cell(ratio(row["estimate"]), row["estimate"], look),
        number_cell(interval(row["ci_low"], row["ci_high"]), row["ci_low"]),
        Cell(_scale_words(row)),
        number_cell(p_value(row["p_value"]), row["p_value"]),
        number_cell(p_value(row["q_value"]), row["q_value"], look),
        number_cell(count(row["n"]), row["n"]),
        number_cell(count(row["n_events"]), row["n_events"]),
    )
