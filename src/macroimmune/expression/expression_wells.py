"""The wells of all files of a study, each with the row that lists it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from macroimmune.expression.counted_file import CountedFile, CountedWell
from macroimmune.expression.listed_rows import ListedRow
from macroimmune.response import WellResponse
from macroimmune.results import RESULT_TABLES
from macroimmune.study import (
    Partner,
    StimulationSettings,
    Well,
    is_stimulated,
    study_stimulus,
    well_partners,
)

__all__ = ["UNIT", "ExpressionWell", "expression_pairs", "expression_wells", "well_response"]

UNIT = "log1p CP10k"
_UNKNOWN = "the stimulus is not known here"


@dataclass(frozen=True, slots=True, eq=False)
class ExpressionWell:
    """One well of a study: donor x sample x stimulus.

    Parameters
    ----------
    name : str
        File, sample and stimulus; no other well has it.
    row : ListedRow
    file : CountedFile
    counted : CountedWell
    """

    name: str
    row: ListedRow
    file: CountedFile
    counted: CountedWell

    @property
    def stimulus(self) -> str:
        """As the study or the file names it."""
        return self.counted.stimulus

    @property
    def is_stimulated(self) -> bool:
        """Whether the well holds a stimulus."""
        return is_stimulated(self.stimulus, self.row.stimulus_dose)

    @property
    def minutes(self) -> float | None:
        """How long the stimulus acted, None where there is none."""
        return self.row.stimulus_minutes if self.is_stimulated else None


def expression_wells(
    files: Mapping[str, tuple[Sequence[ListedRow], CountedFile]],
) -> tuple[ExpressionWell, ...]:
    """Return the wells of all files that were counted.

    Parameters
    ----------
    files : mapping from raw_file to (rows, CountedFile)
    """
    found = [
        (f"{name}: {rows[well.row].sample_id}, {well.stimulus or 'none'}", well, rows, file)
        for name, (rows, file) in files.items()
        for well in file.wells
    ]
    times = Counter(name for name, *_ in found)
    return tuple(
        ExpressionWell(
            name if times[name] == 1 else f"{name}, row {well.row + 1}",
            rows[well.row],
            file,
            well,
        )
        for name, well, rows, file in found
    )


def expression_pairs(
    wells: Sequence[ExpressionWell], settings: StimulationSettings
) -> pl.DataFrame:
    """Return every stimulated well with its partner, those without one too.

    Parameters
    ----------
    wells : sequence of ExpressionWell
    settings : StimulationSettings
        What the study's own words of stimuli mean.

    Returns
    -------
    pairs : polars DataFrame
        Table `stimulation_pairs`; names of wells stand in the place of files.

    Notes
    -----
    Convention: see `well_partners` of the study.
    """
    partners = well_partners([_well(well) for well in wells])
    rows = [_pair(wells, one, settings) for one in partners]
    return pl.DataFrame(rows, schema=RESULT_TABLES["stimulation_pairs"].schema)


def _well(well: ExpressionWell) -> Well:
    return Well(
        donor=well.row.participant_id,
        is_control=False,
        sample_id=well.row.sample_id,
        day=well.row.days_from_treatment_start,
        compartment=well.row.compartment,
        panel="",
        batch=well.row.batch,
        minutes=well.row.stimulus_minutes,
        is_stimulated=well.is_stimulated,
    )


def _pair(
    wells: Sequence[ExpressionWell], partner: Partner, settings: StimulationSettings
) -> dict[str, object]:
    well = wells[partner.stimulated]
    known = study_stimulus(settings, well.stimulus)
    place = partner.unstimulated
    return {
        "participant_id": well.row.participant_id,
        "control": "",
        "sample_id": well.row.sample_id,
        "days_from_treatment_start": well.row.days_from_treatment_start,
        "modality": "expression",
        "panel": "",
        "batch": well.row.batch,
        "stimulus": well.stimulus,
        "stimulus_id": "" if known is None else known.id,
        "stimulus_minutes": well.minutes,
        "stimulus_dose": well.row.stimulus_dose,
        "stimulus_dose_unit": well.row.stimulus_dose_unit,
        "stimulated_file": well.name,
        "unstimulated_file": "" if place is None else wells[place].name,
        "same_batch": partner.same_batch,
        "status": "; ".join(filter(None, (partner.status, "" if known else _UNKNOWN))),
    }


def well_response(well: ExpressionWell) -> WellResponse:
    """Return the scores of a well as levels of markers: each interferon set is one."""
    populations = well.counted.populations
    return WellResponse(
        file=well.name,
        n_cells={name: one.n_cells for name, one in populations.items()},
        levels={
            (name, gene_set): one.levels(gene_set)
            for name, one in populations.items()
            for gene_set in one.ranked
        },
        unit=UNIT,
    )
