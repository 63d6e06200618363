"""Troubles of proteins and populations: undetected values, limits, units, fractions."""

import numpy as np
import polars as pl

from macroimmune.errors import InputError
from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.troubles.choosing_rows import some_rows
from macroimmune.simulator.troubles.places import (
    cells_at,
    frame_of,
    numbers_at,
    place_of,
    with_cells,
    with_frame,
    with_new_column,
    with_spec,
    without_spec,
)
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["PROTEIN_TROUBLES"]


def _undetected(files: StudyFiles) -> pl.Series:
    """Tell which results are written as below a limit.

    Raises
    ------
    InputError
        If none is.
    """
    heading = place_of(files, "proteins", "value").heading
    found = frame_of(files, "proteins")[heading].cast(pl.String).str.starts_with("<")
    if not found.any():
        msg = "this study has no undetected protein"
        raise InputError(msg)
    return found.fill_null(value=False)


def _filled(files: StudyFiles, filling: pl.Series) -> StudyFiles:
    """Write something else for each undetected value; null leaves it empty."""
    place = place_of(files, "proteins", "value")
    written = frame_of(files, "proteins")[place.heading].cast(pl.String)
    return with_cells(files, place, filling.cast(pl.String).zip_with(_undetected(files), written))


def _all(files: StudyFiles, cell: str | None) -> pl.Series:
    return pl.Series([cell] * frame_of(files, "proteins").height, dtype=pl.String)


def _half(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    limit = numbers_at(files, place_of(files, "proteins", "limit_of_detection"))
    return _filled(files, limit / 2)


def _zero(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    place_of(files, "proteins", "limit_of_detection")
    return _filled(files, _all(files, "0"))


def _empty(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    place_of(files, "proteins", "limit_of_detection")
    return _filled(files, _all(files, None))


def _zero_without_limit(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    files = _filled(files, _all(files, "0"))
    return without_spec(files, place_of(files, "proteins", "limit_of_detection"))


def _flag_without_limit(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    detected = pl.Series(["no" if one else "yes" for one in _undetected(files)])
    files = _filled(files, _all(files, None))
    files = without_spec(files, place_of(files, "proteins", "limit_of_detection"))
    spec = {"column": "Detected", "true": ["no"], "false": ["yes"]}
    return with_new_column(files, "proteins", "below_limit", spec, detected)


def _above(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "proteins", "value")
    rows = some_rows(numbers_at(files, place) > 0, 2, rng, "detected proteins")
    return cells_at(files, place, dict.fromkeys(rows, ">10000"))


def _two_units(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    """Add the same tubes of one protein measured on a panel that gives NPX."""
    value = place_of(files, "proteins", "value")
    frame = frame_of(files, "proteins").with_columns(pl.col(value.heading).cast(pl.String))
    analyte = place_of(files, "proteins", "analyte").heading
    again = frame.filter(pl.col(analyte) == frame[analyte][0])
    npx = np.round(rng.normal(5.0, 1.0, again.height), 3)
    again = again.with_columns(pl.Series(value.heading, [f"{one:.3f}" for one in npx]))
    limit = place_of(files, "proteins", "limit_of_detection").heading
    again = again.with_columns(pl.lit(None, dtype=frame.schema[limit]).alias(limit))
    files = with_frame(files, "proteins", pl.concat([frame, again]))
    files = with_spec(files, value, unit=None)
    units = [str(value.spec.get("unit", "pg/mL"))] * frame.height + ["NPX"] * again.height
    return with_new_column(files, "proteins", "unit", {"column": "Unit"}, pl.Series(units))


def _fractions(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "populations", "value")
    return with_cells(files, place, numbers_at(files, place) / 100)


_UNDETECTED = ("proteins.value",)

PROTEIN_TROUBLES = (
    Trouble(
        "half-limit-fill",
        "half the limit of detection stands for each undetected protein",
        _UNDETECTED,
        _half,
        says=("half-limit-fill",),
    ),
    Trouble(
        "zero-below-limit",
        "0 stands for each undetected protein, beside its limit",
        _UNDETECTED,
        _zero,
        says=("zero-below-limit",),
    ),
    Trouble(
        "empty-at-limit",
        "undetected proteins are left empty beside their limit",
        _UNDETECTED,
        _empty,
        says=("empty-at-limit",),
    ),
    Trouble(
        "zero-on-log-scale",
        "0 stands for each undetected protein, and no limit is given",
        (*_UNDETECTED, "proteins.limit_of_detection"),
        _zero_without_limit,
        says=("zero-on-log-scale",),
    ),
    Trouble(
        "undetected-without-limit",
        "undetected proteins are only marked, without value or limit",
        (*_UNDETECTED, "proteins.limit_of_detection"),
        _flag_without_limit,
        says=("undetected-without-limit",),
    ),
    Trouble(
        "above-limit",
        "two proteins are written as above the range of the assay",
        ("high proteins",),
        _above,
        says=("above-limit",),
    ),
    Trouble(
        "several-units",
        "one protein was also measured in NPX, in rows of the same table",
        ("proteins.unit", "rows of proteins", "proteins.limit_of_detection"),
        _two_units,
        says=("several-units",),
    ),
    Trouble(
        "fraction-in-percent-column",
        "shares of populations are fractions of 1 under a heading of percent",
        ("populations.value",),
        _fractions,
        says=("fraction-in-percent-column",),
    ),
)
