"""The checks of a study: what real tables get wrong, looked for all at once."""

from macroimmune.study.checks.catalogue import CHECKS, check_tables
from macroimmune.study.checks.check import Check
from macroimmune.study.checks.repeated_ids import REPEATED_IDS

__all__ = ["CHECKS", "REPEATED_IDS", "Check", "check_tables"]
