"""Commands about a study's tables: draft their description, list what is wrong with them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from macroimmune.cli.options import Source
from macroimmune.cli.talk import say, table_to_stdout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from macroimmune.results import Finding

__all__ = ["check", "grouped", "init"]

_PROBLEM = 1


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder with the tables.")],
) -> None:
    """Look at the tables and FCS files of a folder and draft its study.toml.

    FCS files are looked for in its folders too. Where no table lists them, or says what their
    channels measure, cytometry_files.csv and panels.csv are written for completion.

    Example: macroimmune init my_study
    """
    # Everything that reads tables is imported here, so that --help answers at once.
    from macroimmune.workflow import draft_study

    path, findings = draft_study(folder)
    for finding in findings:
        say(finding.sentence())
    say(f"drafted {path}: confirm what was guessed, then: macroimmune check {folder}")


def grouped(findings: "Iterable[Finding]") -> list[str]:
    """Return a line for each kind of finding in a column of a file: how many, and the first."""
    kinds: dict[tuple[str, str, str, str], list[Finding]] = {}
    for one in findings:
        kinds.setdefault((one.severity, one.code, one.file, one.column), []).append(one)
    return [
        f"{some[0].severity}: {f'{len(some)} x ' if len(some) > 1 else ''}{some[0].code}"
        f"{', the first: ' if len(some) > 1 else ': '}{some[0].sentence()}"
        for some in kinds.values()
    ]


def check(study: Source) -> None:
    """List everything that is wrong or notable in a study's tables, all at once.

    In a terminal alike findings are one line; a file or pipe gets every finding, separated by tabs.
    Exit code 1 if a finding is an error.

    Example: macroimmune check my_study
    """
    from macroimmune.workflow import check as check_study
    from macroimmune.workflow import open_study

    opened = open_study(study)
    findings = check_study(opened)
    if sys.stdout.isatty():
        for line in grouped(opened.findings):
            print(line)  # noqa: T201
    else:
        table_to_stdout(findings.columns, findings.rows())
    counted = {
        severity: findings.filter(severity=severity).height
        for severity in ("error", "warning", "note")
    }
    say(
        f"{opened.name}: {opened.participants.height} participants; {counted['error']} errors, "
        f"{counted['warning']} warnings, {counted['note']} notes"
    )
    if counted["error"]:
        sys.exit(_PROBLEM)
