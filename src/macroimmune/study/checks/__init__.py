"""The checks of a study: what real tables get wrong, looked for all at once."""

from macroimmune.study.checks.catalogue import CHECKS, check_tables
from macroimmune.study.checks.check import Check

__all__ = ["CHECKS", "Check", "check_tables"]
