"""Stimulated wells of a study with their unstimulated partners: table `stimulation_pairs`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from macroimmune.cytometry.cytometry_file import CytometryFile
from macroimmune.results import RESULT_TABLES
from macroimmune.study import (
    Partner,
    StimulationSettings,
    Well,
    study_stimulus,
    well_partners,
)

__all__ = ["DonorPairs", "donor_pairs", "well_pairs"]

_AS_USUAL = StimulationSettings()
_UNKNOWN = "the stimulus is not known here: effect sizes alone, no score"


def well_pairs(
    files: Sequence[CytometryFile],
    *,
    settings: StimulationSettings = _AS_USUAL,
    left_out: Collection[str] = frozenset(),
) -> pl.DataFrame:
    """Return every stimulated well with its partner, those without one too.

    Parameters
    ----------
    files : sequence of CytometryFile
        Of participants and of bridging controls.
    settings : StimulationSettings
        What the study's own words for stimuli mean.
    left_out : collection of str
        `raw_file` of those that could not be used; they are nobody's partner.

    Returns
    -------
    pairs : polars DataFrame
        Table `stimulation_pairs`, in the order of the files; `unstimulated_file` is empty where
        there is no partner, and `status` says why.

    Notes
    -----
    Convention: see `well_partners` of the study.
    """
    used = [file for file in files if file.raw_file not in left_out]
    partners = well_partners([_well(file) for file in used])
    by_file = {used[one.stimulated].raw_file: one for one in partners}
    rows = [
        _row(file, by_file.get(file.raw_file), used, settings, _lost(file, files, left_out))
        for file in files
        if file.is_stimulated
    ]
    return pl.DataFrame(rows, schema=RESULT_TABLES["stimulation_pairs"].schema)


def _well(file: CytometryFile) -> Well:
    return Well(
        donor=file.control or file.participant_id,
        is_control=bool(file.control),
        sample_id=file.sample_id,
        day=file.days_from_treatment_start,
        compartment=file.compartment,
        panel=file.panel,
        batch=file.batch,
        minutes=file.stimulus_minutes,
        is_stimulated=file.is_stimulated,
    )


def _lost(file: CytometryFile, files: Sequence[CytometryFile], left_out: Collection[str]) -> str:
    """Return the partner that a well would have if no file had been left out, or why it has none.

    Empty where nothing was left out that matters.
    """
    if file.raw_file in left_out:
        return "the stimulated well was left out: see cytometry_quality"
    mates = [one for one in files if one.raw_file in left_out and not one.is_stimulated]
    [partner] = well_partners([_well(one) for one in (*mates, file)])
    if partner.unstimulated is None:
        return ""
    return f"{mates[partner.unstimulated].raw_file} was left out: see cytometry_quality"


def _row(
    file: CytometryFile,
    partner: Partner | None,
    used: Sequence[CytometryFile],
    settings: StimulationSettings,
    lost: str,
) -> dict[str, object]:
    known = study_stimulus(settings, file.stimulus)
    place = None if partner is None else partner.unstimulated
    remarks = [] if partner is None else [partner.status]
    remarks += [lost] if place is None else []
    remarks += [_UNKNOWN] if known is None else []
    return {
        "participant_id": file.participant_id,
        "control": file.control,
        "sample_id": file.sample_id,
        "days_from_treatment_start": file.days_from_treatment_start,
        "modality": "cytometry",
        "panel": file.panel,
        "batch": file.batch,
        "stimulus": file.stimulus,
        "stimulus_id": "" if known is None else known.id,
        "stimulus_minutes": file.stimulus_minutes,
        "stimulus_dose": file.stimulus_dose,
        "stimulus_dose_unit": file.stimulus_dose_unit,
        "stimulated_file": file.raw_file,
        "unstimulated_file": "" if place is None else used[place].raw_file,
        "same_batch": partner is not None and partner.same_batch,
        "status": "; ".join(filter(None, remarks)),
    }


@dataclass(frozen=True, slots=True)
class DonorPairs:
    """The wells of all donors for one stimulus, one pair each.

    Parameters
    ----------
    panel, stimulus : str
    stimulus_minutes : float or None
    pairs : tuple of (str, str), one per donor
        raw_file without and with the stimulus.
    """

    panel: str
    stimulus: str
    stimulus_minutes: float | None
    pairs: tuple[tuple[str, str], ...]


def donor_pairs(pairs: pl.DataFrame) -> tuple[DonorPairs, ...]:
    """Return the pairs of participants by panel and stimulus, each participant once.

    Parameters
    ----------
    pairs : polars DataFrame
        Table `stimulation_pairs`.

    Notes
    -----
    Convention: a donor with pairs of several samples counts by the earliest, and of several doses
    by the highest; controls take no part.
    """
    told = pairs.filter((pl.col("participant_id") != "") & (pl.col("unstimulated_file") != ""))
    order = told.sort(
        "days_from_treatment_start",
        "stimulus_dose",
        descending=[False, True],
        nulls_last=True,
        maintain_order=True,
    )
    found: dict[tuple[str, str, float | None], dict[str, tuple[str, str]]] = {}
    for row in order.iter_rows(named=True):
        donors = found.setdefault(_stimulus(row), {})
        donors.setdefault(row["participant_id"], (row["unstimulated_file"], row["stimulated_file"]))
    return tuple(DonorPairs(*key, tuple(donors.values())) for key, donors in found.items())


def _stimulus(row: Mapping[str, object]) -> tuple[str, str, float | None]:
    minutes = row["stimulus_minutes"]
    lasted = float(minutes) if isinstance(minutes, int | float) else None
    return str(row["panel"]), str(row["stimulus"]), lasted
