"""Levels of a marker by dose: of paired wells, or as measured elsewhere."""

from collections.abc import Iterator

import polars as pl

from macroimmune.response.declared_markers import declared_markers
from macroimmune.study import StimulationSettings, Study, SuppliedLevel, supplied_pairs

__all__ = ["DOSE_LEVELS", "levels_measured_elsewhere", "levels_of_pairs"]

_SERIES = ("participant_id", "panel", "stimulus", "stimulus_minutes", "population", "marker")
DOSE_LEVELS = pl.Schema({
    **dict.fromkeys(_SERIES, pl.String()),
    "stimulus_minutes": pl.Float64(),
    "sample_id": pl.String(),
    "days_from_treatment_start": pl.Float64(),
    "batch": pl.String(),
    "dose": pl.Float64(),
    "dose_unit": pl.String(),
    "value": pl.Float64(),
    "unit": pl.String(),
})
_WELL = [*_SERIES, "sample_id", "days_from_treatment_start", "batch", "dose_unit", "unit"]


def levels_of_pairs(responses: pl.DataFrame, settings: StimulationSettings) -> pl.DataFrame:
    """Return the levels by dose of markers and populations that are declared for their stimulus.

    Parameters
    ----------
    responses : polars DataFrame
        Table `stimulation_responses`; rows without use, of controls or without a dose take no
        part, those of levels measured elsewhere neither.
    settings : StimulationSettings

    Returns
    -------
    levels : polars DataFrame
        Columns of `DOSE_LEVELS`. The level of the unstimulated well stands once per series, with
        dose 0.
    """
    rows = responses.filter(
        pl.col("modality") != "supplied",
        pl.col("participant_id").fill_null("") != "",
        pl.col("use") != "none",
        pl.col("stimulus_dose").is_not_null(),
        pl.col("marker_list").fill_null("") != "",
        pl.col("mean_stimulated").is_not_null() & pl.col("mean_unstimulated").is_not_null(),
    )
    rows = rows.rename({"stimulus_dose_unit": "dose_unit"})
    rows = rows.filter(pl.Series(list(_is_declared(rows, settings)), dtype=pl.Boolean))
    stimulated = rows.select(*_WELL, dose=pl.col("stimulus_dose"), value=pl.col("mean_stimulated"))
    # One unstimulated well is the partner of several doses: equal levels are one well.
    resting = rows.select(*_WELL, dose=pl.lit(0.0), value=pl.col("mean_unstimulated"))
    resting = resting.unique([*_WELL, "value"], maintain_order=True)
    return pl.concat([resting, stimulated]).select(DOSE_LEVELS.names()).cast(DOSE_LEVELS)


def _is_declared(rows: pl.DataFrame, settings: StimulationSettings) -> Iterator[bool]:
    for row in rows.iter_rows(named=True):
        declared = declared_markers(
            row["stimulus_id"] or row["stimulus"], row["stimulus_minutes"], settings
        )
        yield row["population"] in declared.populations.get(row["marker_list"], ())


def levels_measured_elsewhere(study: Study) -> pl.DataFrame:
    """Return the levels by dose of the table `stimulated_levels`, whatever marker and population.

    Parameters
    ----------
    study : Study

    Returns
    -------
    levels : polars DataFrame
        Columns of `DOSE_LEVELS`; wells without a stimulus stand with dose 0 in every series whose
        stimulated wells they are the partners of.
    """
    rows: dict[tuple[object, ...], dict[str, object]] = {}
    for pair in supplied_pairs(study.tables["stimulated_levels"]):
        after, before = pair.stimulated, pair.unstimulated
        if after.dose is None:
            continue
        told = {
            "participant_id": after.participant_id,
            "panel": "",
            "stimulus": after.stimulus,
            "stimulus_minutes": after.minutes,
            "population": after.population,
            "marker": after.marker,
            "dose_unit": after.dose_unit,
        }
        for level, dose in ((before, 0.0), (after, after.dose)):
            if level is not None:
                # The level without stimulus is the partner of several doses.
                key = (*told.values(), dose, id(level))
                rows.setdefault(key, told | {"dose": dose} | _well(level))
    return pl.DataFrame(list(rows.values()), schema=DOSE_LEVELS)


def _well(level: SuppliedLevel) -> dict[str, object]:
    return {
        "sample_id": level.sample_id,
        "days_from_treatment_start": level.day,
        "batch": level.batch,
        "value": level.value,
        "unit": level.unit,
    }
