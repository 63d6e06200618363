"""Tables of clinic and laboratory as bytes: text in many dialects, workbooks, Parquet."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import polars as pl

from macroimmune.errors import FormatError
from macroimmune.formats.columnar import parquet_frame, text_frame
from macroimmune.formats.delimited_records import Record, records
from macroimmune.formats.workbook_sheets import sheet_records
from macroimmune.formats.workbook_writing import write_workbook

__all__ = ["Dialect", "read_table", "write_table"]

_ENCODINGS = ("utf-8", "utf-8-sig", "latin-1", "cp1252", "mac_roman", "utf-16")
_KNOWN: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "kind": ("text", "workbook", "parquet"),
    "separator": (",", ";", "\t", "|"),
    "encoding": _ENCODINGS,
    "line_end": ("\n", "\r\n", "\r"),
    "decimal": (".", ","),
    "quotes": ("where needed", "everywhere"),
})


@dataclass(frozen=True, slots=True)
class Dialect:
    r"""How a table is written into a file.

    Parameters
    ----------
    kind : {"text", "workbook", "parquet"}
        Workbooks are XLSX. All that follows except `sheet` is of text alone.
    separator : str
        Comma, semicolon, tabulator or vertical bar.
    encoding : str
        `utf-8`, `utf-8-sig` (with a byte-order mark), `latin-1`, `cp1252`, `mac_roman` or `utf-16`
        (little-endian, with a mark).
    line_end : str
        LF, CR LF, or CR as on old Macs.
    decimal : str
        Of numbers: point or comma.
    quotes : {"where needed", "everywhere"}
    sheet : str
        Of a workbook.

    Raises
    ------
    FormatError
        If one of them is none of these.
    """

    kind: Literal["text", "workbook", "parquet"] = "text"
    separator: str = ","
    encoding: str = "utf-8"
    line_end: str = "\n"
    decimal: str = "."
    quotes: Literal["where needed", "everywhere"] = "where needed"
    sheet: str = "Sheet1"

    def __post_init__(self) -> None:
        for name, known in _KNOWN.items():
            found = getattr(self, name)
            if found not in known:
                msg = f"{name} = {found!r}; expected one of {', '.join(map(repr, known))}"
                raise FormatError(msg)


def write_table(table: pl.DataFrame, dialect: Dialect) -> bytes:
    r"""Return the bytes of a file that holds `table`.

    Parameters
    ----------
    table : polars DataFrame
        Text, numbers, truth values or dates under unique headings. Missing and empty cells are
        both written as empty ones.
    dialect : Dialect

    Returns
    -------
    data : bytes
        The same table and dialect, the same bytes.

    Raises
    ------
    FormatError
        If a cell cannot be written: a character that the encoding lacks, NUL in text, a cell or a
        table longer than a sheet holds.

    Notes
    -----
    Convention: numbers as in `text_frame`, with the decimal mark of the dialect; in a workbook they
    are cells of numbers. A row without any filled cell is a blank row.

    Examples
    --------
    >>> table = pl.DataFrame({"id": ["a", "b"], "IL-6": [0.5, 12.0]})
    >>> write_table(table, Dialect(separator=";", decimal=","))
    b'id;IL-6\na;0,5\nb;12\n'
    """
    if dialect.kind == "workbook":
        return write_workbook({dialect.sheet: table})
    if dialect.kind == "parquet":
        stream = io.BytesIO()
        table.write_parquet(stream)
        return stream.getvalue()
    return _encoded(_text(table, dialect), dialect.encoding)


def _text(table: pl.DataFrame, dialect: Dialect) -> str:
    cells = text_frame(table, "table")
    if dialect.decimal == ",":
        numbers = [name for name, kind in table.schema.items() if kind.is_float()]
        cells = cells.with_columns(pl.col(numbers).str.replace(".", ",", literal=True))
    heading = pl.DataFrame({name: [name] for name in cells.columns})
    cells = pl.concat([heading, cells]).with_columns(pl.all().fill_null(""))
    cells = cells.with_columns(_quoted(pl.all(), dialect))
    lines = cells.select(pl.concat_str(pl.all(), separator=dialect.separator)).to_series()
    return "".join(f"{line}{dialect.line_end}" for line in lines)


def _quoted(cell: pl.Expr, dialect: Dialect) -> pl.Expr:
    quoted = pl.format('"{}"', cell.str.replace_all('"', '""', literal=True))
    if dialect.quotes == "everywhere":
        return quoted
    # A line end of any kind: whoever reads the file may take it for the end of the row.
    special = cell.str.contains_any([dialect.separator, '"', "\n", "\r"])
    return pl.when(special).then(quoted).otherwise(cell)


def _encoded(text: str, encoding: str) -> bytes:
    """Return the bytes of a text.

    Raises
    ------
    FormatError
        If the encoding lacks a character, or there is a NUL.
    """
    if "\0" in text:
        msg = "a cell holds a NUL character, which no text table can; expected text; remove it"
        raise FormatError(msg)
    try:
        if encoding == "utf-16":
            # The order of bytes is named, or it would be that of the machine.
            return b"\xff\xfe" + text.encode("utf-16-le")
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        lacking = text[error.start]
        msg = f"{lacking!r} cannot be written in {encoding}; choose utf-8, or another character"
        raise FormatError(msg) from error


def read_table(data: bytes, dialect: Dialect, file: str) -> pl.DataFrame:
    r"""Return the text cells of a file whose dialect is known; `write_table` writes it.

    Parameters
    ----------
    data : bytes
    dialect : Dialect
        Its decimal mark is not used: cells are as written.
    file : str
        Its name, for messages.

    Returns
    -------
    table : polars DataFrame of String
        Empty cells are null; blank rows are left out.

    Raises
    ------
    FormatError
        If the file is of another kind, a heading stands twice, or a row is longer than the
        headings.

    Notes
    -----
    Convention: a file of which nothing is known is read by `inputs`, which tells of what is odd in
    it; here that is refused.

    Examples
    --------
    >>> read_table(b"id;IL-6\na;0,5\nb;\n", Dialect(separator=";"), "a.csv").rows()
    [('a', '0,5'), ('b', None)]
    """
    if dialect.kind == "parquet":
        return parquet_frame(data, file)
    if dialect.kind == "workbook":
        return _from_records(iter(sheet_records(data, file, dialect.sheet)[1]), file)
    try:
        text = data.decode(dialect.encoding)
    except UnicodeDecodeError as error:
        msg = f"{file}: byte {error.start} is no {dialect.encoding}; name its encoding"
        raise FormatError(msg) from error
    return _from_records(records(text, dialect.separator), file)


def _from_records(rows: Iterator[Record], file: str) -> pl.DataFrame:
    """Put records under their headings.

    Raises
    ------
    FormatError
        If there is no heading, one stands twice, or a row has a cell beyond the last.
    """
    names = next(rows, (1, []))[1]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        msg = f"{file}: headings {twice or 'absent'}; expected a row with every heading once"
        raise FormatError(msg)
    columns: list[list[str | None]] = [[] for _ in names]
    for row, cells in rows:
        if len(cells) > len(names):
            msg = f"{file}, row {row}: {len(cells)} cells; expected {len(names)}, as headings"
            raise FormatError(msg)
        for at, column in enumerate(columns):
            column.append(cells[at] or None if at < len(cells) else None)
    return pl.DataFrame(
        dict(zip(names, columns, strict=True)), schema=dict.fromkeys(names, pl.String)
    )
