"""Troubles of study.toml: names that mean nothing, sections that are absent."""

from dataclasses import replace

import numpy as np

from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.troubles.places import place_of, without_spec
from macroimmune.simulator.troubles.settings_text import with_line
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["SETTINGS_TROUBLES"]


def _no_such_arm(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    settings = with_line(files.settings, "analysis", "control_arms", '["placebo (blinded)"]')
    return replace(files, settings=settings)


def _no_such_key(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    return replace(files, settings=with_line(files.settings, "analysis", "baseline", "[-42, 0]"))


def _words_for_days(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    settings = with_line(files.settings, "analysis", "landmarks_days", '["week 6"]')
    return replace(files, settings=settings)


def _no_class(files: StudyFiles, _rng: np.random.Generator) -> StudyFiles:
    return without_spec(files, place_of(files, "medications", "drug_class"))


SETTINGS_TROUBLES = (
    Trouble(
        "arm-not-found",
        "study.toml names a control arm that nobody is in",
        ("analysis.control_arms",),
        _no_such_arm,
        says=("arm-not-found",),
    ),
    Trouble(
        "unknown-key",
        "study.toml holds a key that means nothing",
        ("analysis.baseline",),
        _no_such_key,
        says=("unknown-key",),
    ),
    Trouble(
        "wrong-type",
        "study.toml holds words where days belong",
        ("analysis.landmarks_days",),
        _words_for_days,
        says=("wrong-type",),
    ),
    Trouble(
        "column-not-declared",
        "study.toml does not say where the class of a drug stands",
        ("medications.drug_class", "steroids", "antibiotics"),
        _no_class,
        says=("column-not-declared",),
    ),
)
