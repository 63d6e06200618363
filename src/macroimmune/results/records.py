"""The small records that every run carries: findings, steps of the participant flow, the run."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import polars as pl

__all__ = [
    "Finding",
    "FlowStep",
    "InputFile",
    "RunRecord",
    "Severity",
    "findings_frame",
    "flow_frame",
]

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem or reading of the study's tables that a person should know.

    Parameters
    ----------
    severity : {"error", "warning", "note"}
        An error stops the run; a warning is analysed and shown; a note tells what was assumed.
    code : str
        What kind of finding this is, in words joined by hyphens.
    file : str
        Name of the file, empty where it concerns the study as a whole.
    row : int or None
        Row as a spreadsheet numbers it (the header is row 1), None where it is not one row.
    column : str
        The user's own column name, empty where it is not one column.
    found, expected, advice : str
        What stands there, what was expected, what to do.
    """

    severity: Severity
    code: str
    file: str
    row: int | None
    column: str
    found: str
    expected: str
    advice: str

    def sentence(self) -> str:
        """Return the finding in one line: where, what was found, what was expected, what to do."""
        where = [self.file] if self.file else []
        if self.row is not None:
            where.append(f"row {self.row}")
        if self.column:
            where.append(self.column)
        place = ", ".join(where)
        head = f"{place}: " if place else ""
        return f"{head}{self.found}; expected {self.expected}. {self.advice}"


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One step of the participant flow: who remains, who left and why.

    Parameters
    ----------
    step : str
        What was done.
    n : int
        Participants who remain after it.
    n_excluded : int
        Participants who left in it.
    reason : str
        Why, empty where nobody left.
    """

    step: str
    n: int
    n_excluded: int
    reason: str


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that was read, by name and SHA-256 of its bytes."""

    name: str
    sha256: str
    n_bytes: int


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What was run, on what and how: the content of `run.json`.

    Parameters
    ----------
    version, command, started : str
        Version of macroimmune, command as typed, start in UTC as ISO 8601.
    duration_seconds : float
    seed : int or None
        None where the run drew no random numbers.
    study : dict
        Name, participants, arms, endpoints with numbers of events, baseline window, strata.
    inputs : tuple of InputFile
    methods : tuple of str
        One sentence per method that was really used, in order.
    """

    version: str
    command: str
    started: str
    duration_seconds: float
    seed: int | None
    study: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[InputFile, ...] = ()
    methods: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain JSON values."""
        return asdict(self)


def findings_frame(findings: Iterable[Finding]) -> pl.DataFrame:
    """Return findings as the rows of `findings.csv`."""
    schema = dict.fromkeys(Finding.__slots__, pl.String) | {"row": pl.Int64}
    return pl.DataFrame([asdict(finding) for finding in findings], schema=schema)


def flow_frame(steps: Iterable[FlowStep]) -> pl.DataFrame:
    """Return the participant flow as the rows of `participant_flow.csv`."""
    schema = {"step": pl.String, "n": pl.Int64, "n_excluded": pl.Int64, "reason": pl.String}
    return pl.DataFrame([asdict(step) for step in steps], schema=schema)
