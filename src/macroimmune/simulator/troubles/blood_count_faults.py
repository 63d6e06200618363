"""Troubles of blood counts: units, shares for counts, sums, ratios, placeholders."""

from dataclasses import replace

import numpy as np
import polars as pl

from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.troubles.choosing_rows import some_rows
from macroimmune.simulator.troubles.places import (
    cells_at,
    frame_of,
    numbers_at,
    place_of,
    toml_value,
    with_cells,
    with_frame,
    with_new_column,
    with_spec,
    without_spec,
)
from macroimmune.simulator.troubles.settings_text import with_line
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["BLOOD_COUNT_TROUBLES"]

_PARTS = ("neutrophils", "lymphocytes", "monocytes", "eosinophils", "basophils")


def _values(files: StudyFiles, analyte: str) -> pl.Series:
    return numbers_at(files, place_of(files, "blood_counts", analyte))


def _percentages(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    total = _values(files, "leukocytes")
    for part in _PARTS:
        place = place_of(files, "blood_counts", part)
        files = with_cells(files, place, (100 * _values(files, part) / total).round(1))
    return files


def _counts_for_percent(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    for part in ("neutrophils", "lymphocytes"):
        place = place_of(files, "blood_counts", part)
        files = without_spec(files, place)
        spec = toml_value({"column": place.heading, "unit": "percent"})
        settings = with_line(files.settings, place.section, f"{part}_percent", spec)
        files = replace(files, settings=settings)
    return files


def _per_microlitre(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place, platelets = place_of(files, "blood_counts", "platelets"), _values(files, "platelets")
    rows = some_rows(platelets >= 10, 3, rng, "platelet counts")
    return cells_at(files, place, {row: f"{1000 * platelets[row]:.0f}" for row in rows})


def _few_leukocytes(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place, leukocytes = place_of(files, "blood_counts", "leukocytes"), _values(files, "leukocytes")
    rows = some_rows(leukocytes > 0, 3, rng, "leukocyte counts")
    return cells_at(files, place, {row: f"{0.5 * leukocytes[row]:.2f}" for row in rows})


def _ratio_of_others(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    ratio = (_values(files, "neutrophils") / _values(files, "lymphocytes")).round(2)
    mixed = ratio.gather(rng.permutation(ratio.len()))
    spec = {"column": "NLR"}
    return with_new_column(files, "blood_counts.wide", "nlr", spec, mixed)


def _constant(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    return with_cells(files, place_of(files, "blood_counts", "albumin"), pl.lit(40))


def _haemolysed(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "blood_counts", "ldh")
    known = frame_of(files, "blood_counts")[place.heading].is_not_null()
    return cells_at(files, place, dict.fromkeys(some_rows(known, 3, rng), "haemolysed"))


def _typed_twice(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    frame = frame_of(files, "blood_counts")
    day = place_of(files, "blood_counts", "days_from_treatment_start").heading
    rows = some_rows(frame[day].is_not_null(), 2, rng)
    return with_frame(files, "blood_counts", pl.concat([frame, frame[rows]]))


def _other_unit(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    return with_spec(files, place_of(files, "blood_counts", "monocytes"), unit="percent")


def _no_unit(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    return with_spec(files, place_of(files, "blood_counts", "haemoglobin"), unit=None)


def _misspelled(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "blood_counts", "crp")
    settings = without_spec(files, place).settings
    spec = toml_value({**place.spec})
    return replace(files, settings=with_line(settings, place.section, "creactive", spec))


def _renamed_heading(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    place = place_of(files, "blood_counts", "crp")
    frame = frame_of(files, "blood_counts").rename({place.heading: "Sensitive assay"})
    return with_frame(files, "blood_counts", frame)


_DIFFERENTIAL = tuple(f"blood_counts.{part}" for part in ("leukocytes", *_PARTS))

BLOOD_COUNT_TROUBLES = (
    Trouble(
        "percent-in-absolute-column",
        "the differential is in percent under headings of absolute counts",
        _DIFFERENTIAL,
        _percentages,
        says=("percent-in-absolute-column", "differential-over-leukocytes"),
    ),
    Trouble(
        "absolute-in-percent-column",
        "study.toml takes absolute neutrophils and lymphocytes for percentages",
        _DIFFERENTIAL,
        _counts_for_percent,
        says=("absolute-in-percent-column",),
    ),
    Trouble(
        "impossible-count",
        "three platelet counts are per uL among those in 10^9/L",
        ("blood_counts.platelets",),
        _per_microlitre,
        says=("impossible-count",),
    ),
    Trouble(
        "differential-over-leukocytes",
        "three leukocyte counts are half of what they were",
        _DIFFERENTIAL,
        _few_leukocytes,
        says=("differential-over-leukocytes",),
    ),
    Trouble(
        "ratio-disagrees",
        "a column NLR holds the ratios of other samples",
        (*_DIFFERENTIAL, "blood_counts.nlr"),
        _ratio_of_others,
        says=("ratio-disagrees",),
    ),
    Trouble(
        "constant-value",
        "albumin is 40 in every row, a placeholder",
        ("blood_counts.albumin",),
        _constant,
        says=("constant-value",),
    ),
    Trouble(
        "code-in-number-column",
        "three values of LDH are the word haemolysed",
        ("blood_counts.ldh",),
        _haemolysed,
        says=("code-in-number-column",),
    ),
    Trouble(
        "duplicate-rows",
        "two blood counts were typed in twice",
        ("rows of blood_counts",),
        _typed_twice,
        says=("duplicate-rows",),
    ),
    Trouble(
        "unit-does-not-fit",
        "study.toml says percent for absolute monocytes",
        ("blood_counts.monocytes",),
        _other_unit,
        says=("unit-does-not-fit",),
    ),
    Trouble(
        "unit-assumed",
        "study.toml says no unit for haemoglobin",
        ("blood_counts.haemoglobin",),
        _no_unit,
        says=("unit-assumed",),
    ),
    Trouble(
        "unknown-analyte",
        "study.toml names a blood count that no feature knows",
        ("blood_counts.crp",),
        _misspelled,
        says=("unknown-analyte",),
    ),
    Trouble(
        "column-not-found",
        "the laboratory renamed a heading that study.toml names",
        ("blood_counts.crp",),
        _renamed_heading,
        says=("column-not-found",),
    ),
)
