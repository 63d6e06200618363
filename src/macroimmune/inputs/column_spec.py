"""What a user says about one column and one table of theirs; the content of `study.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["BUILT_IN_MISSING", "ColumnSpec", "TableSpec"]

BUILT_IN_MISSING = ("", "NA", "N/A", "NaN", "null", "None", ".", "-")


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """Where one of our columns comes from and how it is written there.

    Parameters
    ----------
    column : str
        Heading in the user's file; empty where `constant` is given.
    constant : str or None
        The same text in every row.
    unit : str
        Unit of the user's numbers; empty means ours.
    values : mapping from str to str
        The user's codes to ours.
    true, false : tuple of str
        Codes of a boolean; empty means 1/0, true/false, yes/no, Y/N.
    missing : tuple of str
        Codes that mean missing in this column, beside the built-in ones.
    constants : mapping from str to str
        Only for a column of a wide table: other columns of ours that are the same for all its
        values, such as the parent of a population.
    """

    column: str = ""
    constant: str | None = None
    unit: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableSpec:
    """How one of our tables is read from one table of the user's.

    Parameters
    ----------
    columns : mapping from our column name to ColumnSpec
    wide : mapping from our word to ColumnSpec
        Where the words of the measured column (analytes, populations) are the user's headings.
    rename : mapping from str to str
        Words of the measured column to ours; others stay as written.
    keep : mapping from the user's heading to tuple of str
        Rows that stay: those with one of these codes in that column.
    prefix : str
        Put before every participant_id and sample_id.
    missing : tuple of str
        Codes that mean missing in all columns, beside the built-in ones.
    participant_column : str
        Heading that holds the participant where `columns` names none and the file has it.
    """

    columns: Mapping[str, ColumnSpec]
    wide: Mapping[str, ColumnSpec] = field(default_factory=dict)
    rename: Mapping[str, str] = field(default_factory=dict)
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prefix: str = ""
    missing: tuple[str, ...] = ()
    participant_column: str = ""
