"""A study with everything that its checks find."""

from dataclasses import replace

from macroimmune.results import Finding
from macroimmune.study.checks import check_tables
from macroimmune.study.raw_files import check_raw_files
from macroimmune.study.study import Study

__all__ = ["checked"]

_SEVERITIES = ("error", "warning", "note")


def checked(study: Study, inferred: tuple[Finding, ...] = ()) -> Study:
    """Return the study with what all checks found in its tables and raw files, errors first.

    Parameters
    ----------
    study : Study
        As read; checking it twice would list everything twice.
    inferred : tuple of Finding
        What was guessed before it was read, to be listed too.
    """
    found = (
        *study.findings,
        *check_tables(study.tables, study.analysis),
        *check_raw_files(study.tables, study.folder, study.analysis),
        *inferred,
    )
    order = sorted(found, key=lambda finding: _SEVERITIES.index(finding.severity))
    return replace(study, findings=tuple(order))
