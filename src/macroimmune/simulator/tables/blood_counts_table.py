"""Blood counts and routine chemistry, rounded as laboratories report them."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.simulator.people import People, Samples
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.streams import random_stream
from macroimmune.simulator.tables.draws import followed, moved_since_first

__all__ = ["BLOOD_HEADINGS", "blood_counts_table"]

Values = NDArray[np.float64]

# Heading, value of people, unit, decimals, lowest reported, and the change between draws relative
# to that of white cells: assumed, in the order of biological variation within persons.
_ANALYTES = (
    ("Leukocytes", "leukocytes", "10^9/L", 2, 0.0, 1.0),
    ("Neutrophils", "neutrophils", "10^9/L", 2, 0.0, 1.0),
    ("Lymphocytes", "lymphocytes", "10^9/L", 2, 0.05, 0.7),
    ("Monocytes", "monocytes", "10^9/L", 2, 0.01, 0.9),
    ("Eosinophils", "eosinophils", "10^9/L", 2, 0.0, 1.3),
    ("Basophils", "basophils", "10^9/L", 2, 0.0, 1.0),
    ("Platelets", "platelets", "10^9/L", 0, 1.0, 0.5),
    ("Haemoglobin", "haemoglobin", "g/L", 0, 20.0, 0.2),
    ("LDH", "ldh", "U/L", 0, 20.0, 0.6),
    ("Albumin", "albumin", "g/L", 0, 5.0, 0.2),
    ("CRP", "crp", "mg/L", 1, 0.1, 2.5),
)
BLOOD_HEADINGS = tuple((heading, name, unit) for heading, name, unit, *_ in _ANALYTES)
# One cell counter gives the white cells together: they are there or missing together.
_TOGETHER = ("leukocytes", "neutrophils", "lymphocytes", "monocytes", "eosinophils", "basophils")


def blood_counts_table(plan: StudyPlan, people: People, samples: Samples) -> pl.DataFrame:
    """Return one row per draw with a column per analyte that people have.

    Notes
    -----
    Convention: the first draw shows the true values, rounded; later ones move from there by
    chance. Leukocytes move with the cells that they are made of. White cells of a draw are missing
    together, other values each by itself.
    """
    rng = random_stream(plan.seed, "tables", "blood counts")
    known = [row for row in _ANALYTES if row[1] in people.baseline]
    names = [row[1] for row in known]
    spread = plan.blood_counts.day_to_day * np.array([row[5] for row in known])
    steps = rng.normal(size=(samples.days.size, len(known)))
    first = np.column_stack([people.baseline[name] for name in names])
    values = moved_since_first(first, samples, spread, steps) * followed(samples, names)
    _sum_up(values, first[samples.participant], names)
    is_missing = _missing(plan, names, rng.random((samples.days.size, len(known))))
    columns: dict[str, pl.Series] = {
        "Patient": pl.Series(people.participant_ids[samples.participant]),
        "Day": pl.Series(samples.days),
    }
    for place, (heading, _, _, decimals, lowest, _) in enumerate(known):
        reported = np.maximum(np.round(values[:, place], decimals), lowest)
        columns[heading] = _with_gaps(reported, is_missing[:, place], decimals)
    return pl.DataFrame(columns)


def _sum_up(values: Values, first: Values, names: list[str]) -> None:
    """Set the leukocytes of each draw to those of the first and what their parts have gained."""
    if "leukocytes" not in names:
        return
    place = names.index("leukocytes")
    parts = [names.index(name) for name in _TOGETHER[1:] if name in names]
    gained = values[:, parts].sum(axis=1) - first[:, parts].sum(axis=1)
    values[:, place] = first[:, place] + gained


def _missing(plan: StudyPlan, names: list[str], drawn: Values) -> NDArray[np.bool_]:
    is_missing = drawn < plan.blood_counts.missing
    together = [place for place, name in enumerate(names) if name in _TOGETHER]
    is_missing[:, together] = is_missing[:, together[:1]]
    return is_missing


def _with_gaps(values: Values, is_missing: NDArray[np.bool_], decimals: int) -> pl.Series:
    reported = pl.DataFrame({"value": values, "gone": is_missing})
    kind = pl.Float64 if decimals else pl.Int64
    return reported.select(pl.when(~pl.col("gone")).then(pl.col("value").cast(kind))).to_series()
