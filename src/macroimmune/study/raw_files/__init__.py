"""The raw files that a study lists: where they lie, and whether they are what they should be."""

from macroimmune.study.raw_files.checks import RAW_FILE_CHECKS, check_raw_files
from macroimmune.study.raw_files.placing import placed_files

__all__ = ["RAW_FILE_CHECKS", "check_raw_files", "placed_files"]
