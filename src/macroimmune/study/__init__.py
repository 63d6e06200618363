"""A study: its tables, its settings, what was found in them and who is in it."""

from macroimmune.study.study import AnalysisSettings, Study

__all__ = ["AnalysisSettings", "Study"]
