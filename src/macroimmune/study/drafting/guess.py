"""One guess of a draft: which of the user's columns is which of ours, and why."""

from dataclasses import dataclass

from macroimmune.inputs import ColumnSpec

__all__ = ["Guess", "Open"]


@dataclass(frozen=True, slots=True)
class Guess:
    """One line of a drafted `study.toml`.

    Parameters
    ----------
    table, name : str
        Our table and our column; in a wide section our word for what was measured.
    spec : ColumnSpec
        The user's column, its unit and codes.
    reason : str
        What was inferred beyond the plain meaning of the heading, to be confirmed; empty where
        the heading says it all.
    is_wide : bool
        Whether the line belongs to the `wide` section of its table.
    is_given : bool
        Whether the user said so; then nothing is inferred.
    """

    table: str
    name: str
    spec: ColumnSpec
    reason: str = ""
    is_wide: bool = False
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """What could not be guessed and is left to the user, as a comment in the draft."""

    table: str
    column: str
    found: str
    advice: str
