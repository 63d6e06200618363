"""All checks, in the order in which their findings are shown, and the function that runs them."""

from collections.abc import Mapping

import polars as pl

from macroimmune.results import Finding
from macroimmune.study.checks.arms import ARMS
from macroimmune.study.checks.baseline_day import BASELINE_DAY, BASELINE_WINDOW
from macroimmune.study.checks.batches import BATCHES
from macroimmune.study.checks.check import Check
from macroimmune.study.checks.clonotype_counts import CLONOTYPE_COUNTS
from macroimmune.study.checks.competing_deaths import COMPETING_DEATHS
from macroimmune.study.checks.concurrent_drugs import ANTIBIOTICS, DRUGS_BEFORE_DRAW
from macroimmune.study.checks.constant_values import CONSTANT_VALUES
from macroimmune.study.checks.controls import CONTROLS
from macroimmune.study.checks.event_causes import CAUSES_AGAINST_OS, UNKNOWN_CAUSES
from macroimmune.study.checks.event_counts import FEW_EVENTS, NO_CENSORING
from macroimmune.study.checks.filled_limits import FILLED_LIMITS
from macroimmune.study.checks.impossible_counts import IMPOSSIBLE_COUNTS
from macroimmune.study.checks.impossible_times import HALF_OUTCOMES, IMPOSSIBLE_TIMES
from macroimmune.study.checks.ratios_and_parts import DIFFERENTIAL_SUM, RATIOS
from macroimmune.study.checks.repeated_files import REPEATED_FILES
from macroimmune.study.checks.repeated_ids import REPEATED_IDS
from macroimmune.study.checks.repeated_patients import REPEATED_PATIENTS
from macroimmune.study.checks.reversed_events import REVERSED_EVENTS
from macroimmune.study.checks.sequencing_depth import SEQUENCING_DEPTH
from macroimmune.study.checks.shares_and_counts import (
    COUNTS_IN_SHARES,
    FRACTIONS_OF_POPULATIONS,
    SHARES_IN_COUNTS,
)
from macroimmune.study.checks.stimulus_words import STIMULUS_MINUTES, STIMULUS_NAMES
from macroimmune.study.checks.supplied_levels import SUPPLIED_LEVELS
from macroimmune.study.checks.time_units import TIME_UNITS
from macroimmune.study.checks.undeclared_counts import UNDECLARED_COUNTS
from macroimmune.study.checks.unpaired_wells import UNPAIRED_WELLS
from macroimmune.study.checks.who_has_outcomes import WHO_HAS_OUTCOMES
from macroimmune.study.checks.zeros_on_log_scale import ZEROS_ON_LOG_SCALE
from macroimmune.study.study import AnalysisSettings

__all__ = ["CHECKS", "check_tables"]

CHECKS: tuple[Check, ...] = (
    REPEATED_IDS,
    REPEATED_PATIENTS,
    WHO_HAS_OUTCOMES,
    ARMS,
    TIME_UNITS,
    REVERSED_EVENTS,
    IMPOSSIBLE_TIMES,
    HALF_OUTCOMES,
    COMPETING_DEATHS,
    UNKNOWN_CAUSES,
    CAUSES_AGAINST_OS,
    NO_CENSORING,
    FEW_EVENTS,
    BASELINE_DAY,
    BASELINE_WINDOW,
    SHARES_IN_COUNTS,
    COUNTS_IN_SHARES,
    FRACTIONS_OF_POPULATIONS,
    IMPOSSIBLE_COUNTS,
    RATIOS,
    DIFFERENTIAL_SUM,
    CONSTANT_VALUES,
    FILLED_LIMITS,
    ZEROS_ON_LOG_SCALE,
    SEQUENCING_DEPTH,
    BATCHES,
    REPEATED_FILES,
    UNPAIRED_WELLS,
    STIMULUS_NAMES,
    STIMULUS_MINUTES,
    SUPPLIED_LEVELS,
    CONTROLS,
    UNDECLARED_COUNTS,
    CLONOTYPE_COUNTS,
    DRUGS_BEFORE_DRAW,
    ANTIBIOTICS,
)
_RANK = {"error": 0, "warning": 1, "note": 2}


def check_tables(
    tables: Mapping[str, pl.DataFrame], analysis: AnalysisSettings
) -> tuple[Finding, ...]:
    """Return everything that the checks find in the tables of a study, errors first.

    Parameters
    ----------
    tables : mapping from table name to polars DataFrame
        Declared tables with canonical units and codes, each row with `source_file` and
        `source_row`; tables that the study lacks may be absent.
    analysis : AnalysisSettings
        The arms, endpoints and baseline window that were declared.

    Returns
    -------
    findings : tuple of Finding
        All at once, in the order of the catalogue within each severity. Of one kind and column
        twenty rows are listed and the rest is counted.
    """
    found = [finding for check in CHECKS for finding in check.look(tables, analysis)]
    return tuple(sorted(found, key=lambda finding: _RANK[finding.severity]))
