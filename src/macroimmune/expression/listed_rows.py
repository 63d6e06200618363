"""The rows of table `expression`: which cells of which file are whose, under which stimulus."""

from collections.abc import Mapping
from dataclasses import dataclass

from macroimmune.study import Study

__all__ = ["ListedRow", "listed_rows"]


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of table `expression`.

    Parameters
    ----------
    participant_id, sample_id, compartment, batch : str
    days_from_treatment_start : float or None
    raw_file : str
        A file, or a folder of 10x.
    format : {"h5ad", "10x", "table"}
    sample_column, stimulus_column, population_column, labels : str
        Empty where there is none.
    stimulus, stimulus_dose_unit : str
    stimulus_minutes, stimulus_dose : float or None
    """

    participant_id: str
    sample_id: str
    days_from_treatment_start: float | None
    compartment: str
    raw_file: str
    format: str
    sample_column: str
    stimulus: str
    stimulus_minutes: float | None
    stimulus_dose: float | None
    stimulus_dose_unit: str
    stimulus_column: str
    population_column: str
    labels: str
    batch: str


def listed_rows(study: Study) -> tuple[ListedRow, ...]:
    """Return the rows of table `expression`, in their order.

    Notes
    -----
    Convention: where no format is stated, a name that ends in .h5ad says it; else 10x.
    """
    if "expression" not in study.tables:
        return ()
    return tuple(_row(row) for row in study.tables["expression"].iter_rows(named=True))


def _row(row: Mapping[str, object]) -> ListedRow:
    def text(name: str) -> str:
        value = row.get(name)
        return "" if value is None else str(value)

    def number(name: str) -> float | None:
        value = row.get(name)
        return float(value) if isinstance(value, int | float) else None

    usual = "h5ad" if text("raw_file").endswith(".h5ad") else "10x"
    return ListedRow(
        participant_id=text("participant_id"),
        sample_id=text("sample_id"),
        days_from_treatment_start=number("days_from_treatment_start"),
        compartment=text("compartment"),
        raw_file=text("raw_file"),
        format=text("format") or usual,
        sample_column=text("sample_column"),
        stimulus=text("stimulus"),
        stimulus_minutes=number("stimulus_minutes"),
        stimulus_dose=number("stimulus_dose"),
        stimulus_dose_unit=text("stimulus_dose_unit"),
        stimulus_column=text("stimulus_column"),
        population_column=text("population_column"),
        labels=text("labels"),
        batch=text("batch"),
    )
