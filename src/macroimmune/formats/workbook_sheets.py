"""Sheets of a workbook (xlsx, xls, ods, xlsb) to records of text cells."""

import datetime
import io
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from macroimmune.closest import did_you_mean
from macroimmune.errors import FormatError
from macroimmune.formats.delimited_records import Record

__all__ = ["cell_text", "sheet_records"]


def sheet_records(
    data: bytes, file: str, sheet: str | None
) -> tuple[str, list[Record], tuple[str, ...]]:
    """Return the sheet that was read, its records that are not blank, and all sheets by name.

    Parameters
    ----------
    data : bytes
    file : str
    sheet : str or None
        Without a name the first sheet that is not empty.

    Raises
    ------
    FormatError
        If the workbook is damaged or locked, or has no sheet of that name.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = list(workbook.sheet_names)
        chosen = [sheet] if sheet is not None else names
        if sheet is not None and sheet not in names:
            msg = f"{file}: no sheet {sheet!r}; {did_you_mean(sheet, names)}"
            raise FormatError(msg)
        found: list[Record] = []
        name = ""
        for name in chosen:
            found = list(_records(workbook, name))
            if found:
                break
    except PasswordError as error:
        msg = f"{file}: locked with a password; save it without one"
        raise FormatError(msg) from error
    except (CalamineError, OSError, ValueError, KeyError) as error:
        msg = f"{file}: not a workbook that can be read ({error}); save it again as XLSX or CSV"
        raise FormatError(msg) from error
    return name, found, tuple(names)


def _records(workbook: CalamineWorkbook, name: str) -> Iterator[Record]:
    # skip_empty_area=False keeps leading blank rows and columns, so that rows keep their number.
    values = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    for row, cells in enumerate(values, start=1):
        texts = [cell_text(cell) for cell in cells]
        if any(texts):
            yield row, texts


def cell_text(cell: object) -> str:
    """Return a spreadsheet's cell as people read it.

    Notes
    -----
    Convention: whole numbers without decimals, booleans as TRUE and FALSE, dates as ISO 8601,
    a midnight as its date alone.

    Examples
    --------
    >>> cell_text(3.0), cell_text(0.1), cell_text(True), cell_text(datetime.date(2024, 5, 1))
    ('3', '0.1', 'TRUE', '2024-05-01')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)
