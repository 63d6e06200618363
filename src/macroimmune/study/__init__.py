"""A study: its tables, its settings, what was found in them and who is in it."""

from macroimmune.study.checked import checked
from macroimmune.study.cytometry_settings import CytometrySettings
from macroimmune.study.draft import Draft, draft_settings
from macroimmune.study.frames import study_from_frames
from macroimmune.study.loading import load_study, study_from_settings
from macroimmune.study.one_sheet import settings_for_sheet
from macroimmune.study.repertoire_settings import RepertoireSettings
from macroimmune.study.settings import Settings, parse_settings, read_settings
from macroimmune.study.stimulation_settings import StimulationSettings
from macroimmune.study.stimulus import UNSTIMULATED
from macroimmune.study.study import ALL_FEATURES, AnalysisSettings, Study
from macroimmune.study.study_stimulus import study_stimulus
from macroimmune.study.supplied_levels import (
    SuppliedLevel,
    SuppliedPair,
    is_standardised,
    supplied_pairs,
)
from macroimmune.study.well_partners import Partner, Well, is_stimulated, well_partners

__all__ = [
    "ALL_FEATURES",
    "UNSTIMULATED",
    "AnalysisSettings",
    "CytometrySettings",
    "Draft",
    "Partner",
    "Settings",
    "RepertoireSettings",
    "StimulationSettings",
    "Study",
    "SuppliedLevel",
    "SuppliedPair",
    "Well",
    "checked",
    "draft_settings",
    "is_standardised",
    "is_stimulated",
    "load_study",
    "parse_settings",
    "read_settings",
    "settings_for_sheet",
    "study_from_frames",
    "study_from_settings",
    "study_stimulus",
    "supplied_pairs",
    "well_partners",
]
