"""A study: its tables, its settings, what was found in them and who is in it."""

from macroimmune.study.frames import study_from_frames
from macroimmune.study.loading import load_study, study_from_settings
from macroimmune.study.settings import Settings, parse_settings, read_settings
from macroimmune.study.study import AnalysisSettings, Study

__all__ = [
    "AnalysisSettings",
    "Settings",
    "Study",
    "load_study",
    "parse_settings",
    "read_settings",
    "study_from_frames",
    "study_from_settings",
]
