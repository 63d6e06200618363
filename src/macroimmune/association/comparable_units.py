"""Whether a feature is measured alike in several cohorts: unit, denominator and compartment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from macroimmune.features import population_id

__all__ = ["Measurement", "measured_as", "unit_differences"]


@dataclass(frozen=True, slots=True)
class Measurement:
    """How one cohort measured one feature."""

    unit: str
    denominator: str
    compartment: str

    def __str__(self) -> str:
        """Return it in words, such as "percent of CD4+ T cells in blood"."""
        of_parent = f" of {self.denominator}" if self.denominator else ""
        place = f" in {self.compartment}" if self.compartment else ""
        return f"{self.unit or 'no unit'}{of_parent}{place}"

    @property
    def compared(self) -> tuple[str, str, str]:
        """That by which two measurements are one; two spellings of a population are one."""
        parent = population_id(self.denominator) if self.denominator else ""
        return self.unit, parent, self.compartment


def measured_as(feature_list: pl.DataFrame) -> dict[str, Measurement]:
    """Return how each feature of a cohort was measured.

    Parameters
    ----------
    feature_list : polars DataFrame
        The table `feature_list` of the results contract.

    Returns
    -------
    measured : dict from feature to Measurement
    """
    return {
        row["feature"]: Measurement(row["unit"], row["denominator"], row["compartment"])
        for row in feature_list.iter_rows(named=True)
    }


def unit_differences(
    measured: Mapping[str, Mapping[str, Measurement]], feature: str, cohorts: Sequence[str]
) -> str:
    """Return which cohort measured the feature how where they differ, else the empty text.

    Parameters
    ----------
    measured : mapping from the name of a cohort to what `measured_as` returns
    feature : str
    cohorts : sequence of str
        Those to compare. A cohort that does not list the feature contradicts none.

    Notes
    -----
    Convention: any other unit, denominator or compartment is a difference. A constant factor
    between units would change no effect per doubling, but an effect per SD of another parent, or
    of a signal in place of a concentration, is another quantity under the same name.

    Examples
    --------
    >>> grams, per_decilitre = Measurement("g/L", "", "blood"), Measurement("g/dL", "", "blood")
    >>> unit_differences({"A": {"x": grams}, "B": {"x": per_decilitre}}, "x", ["A", "B"])
    'measured differently (A: g/L in blood; B: g/dL in blood): not pooled'
    """
    known = {name: measured[name][feature] for name in cohorts if feature in measured.get(name, {})}
    if len({one.compared for one in known.values()}) < 2:
        return ""
    listed = "; ".join(f"{name}: {one}" for name, one in known.items())
    return f"measured differently ({listed}): not pooled"
