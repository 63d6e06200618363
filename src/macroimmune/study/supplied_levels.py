"""Levels that were measured elsewhere, by our names, each with the level it is compared with."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from macroimmune.evidence import Antigen, Population, find_antigen, find_population
from macroimmune.study.well_partners import Partner, Well, is_stimulated, well_partners

__all__ = ["SuppliedLevel", "SuppliedPair", "is_standardised", "supplied_pairs"]

_STANDARDISED = frozenset({"z", "zscore", "zscores", "sd", "standardised", "standardized"})


@dataclass(frozen=True, slots=True)
class SuppliedLevel:
    """One row of `stimulated_levels`.

    Parameters
    ----------
    participant_id, sample_id, compartment, batch : str
        Empty where it is not stated.
    day : float or None
        From treatment start.
    population, marker : str
        By their id where they are known, else as given.
    stimulus, dose_unit, unit, file : str
    row : int or None
        Of the file.
    minutes, dose, n_cells : float or None
    value : float
    is_stimulated : bool
    """

    participant_id: str
    sample_id: str
    day: float | None
    compartment: str
    batch: str
    population: str
    marker: str
    stimulus: str
    minutes: float | None
    dose: float | None
    dose_unit: str
    value: float
    unit: str
    n_cells: float | None
    file: str
    row: int | None
    is_stimulated: bool


@dataclass(frozen=True, slots=True)
class SuppliedPair:
    """A level after a stimulus and the level without, None where there is no such well.

    Parameters
    ----------
    stimulated : SuppliedLevel
    unstimulated : SuppliedLevel or None
    partner : Partner
        How both were found.
    """

    stimulated: SuppliedLevel
    unstimulated: SuppliedLevel | None
    partner: Partner


def is_standardised(unit: str) -> bool:
    """Whether a unit says that values were divided by their own SD, so that no two compare.

    Examples
    --------
    >>> is_standardised("z-score"), is_standardised("MFI")
    (True, False)
    """
    return "".join(filter(str.isalnum, unit.casefold())) in _STANDARDISED


def supplied_pairs(rows: pl.DataFrame) -> tuple[SuppliedPair, ...]:
    """Return every level after a stimulus with the one that it is compared with.

    Parameters
    ----------
    rows : polars DataFrame
        Table `stimulated_levels` of a study.

    Notes
    -----
    Convention: see `well_partners` of the study; both are of one population and marker.
    """
    levels = _levels(rows)
    partners = well_partners([_well(one) for one in levels])
    return tuple(
        SuppliedPair(
            levels[one.stimulated],
            None if one.unstimulated is None else levels[one.unstimulated],
            one,
        )
        for one in partners
    )


def _levels(rows: pl.DataFrame) -> list[SuppliedLevel]:
    populations = _names(rows["population"], find_population)
    markers = _names(rows["marker"], find_antigen)
    return [
        SuppliedLevel(
            participant_id=row["participant_id"] or "",
            sample_id=row["sample_id"] or "",
            day=row["days_from_treatment_start"],
            compartment=row["compartment"] or "",
            batch=row["batch"] or "",
            population=populations.get(row["population"], ""),
            marker=markers[row["marker"]],
            stimulus=(row["stimulus"] or "").strip(),
            minutes=row["stimulus_minutes"],
            dose=row["stimulus_dose"],
            dose_unit=row["stimulus_dose_unit"] or "",
            value=row["value"],
            unit=row["unit"] or "",
            n_cells=row["n_cells"],
            file=row["source_file"] or "",
            row=row["source_row"],
            is_stimulated=is_stimulated(row["stimulus"], row["stimulus_dose"]),
        )
        for row in rows.iter_rows(named=True)
    ]


def _names(words: pl.Series, find: Callable[[str], Antigen | Population | None]) -> dict[str, str]:
    """Return the id of each word, the word itself where it is not known."""
    names = {}
    for word in words.drop_nulls().unique():
        known = find(word)
        names[word] = word if known is None else known.id
    return names


def _well(level: SuppliedLevel) -> Well:
    # Levels of different markers or populations are never partners: as if of different panels.
    return Well(
        donor=level.participant_id,
        is_control=False,
        sample_id=level.sample_id,
        day=level.day,
        compartment=level.compartment,
        panel=f"{level.marker} in {level.population or 'all cells'}",
        batch=level.batch,
        minutes=level.minutes,
        is_stimulated=level.is_stimulated,
    )
