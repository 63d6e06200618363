"""A study from one sheet: what the options say, the rest inferred, as one `study.toml`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from macroimmune.errors import InputError, SchemaError
from macroimmune.inputs import ColumnSpec
from macroimmune.inputs.reading_columns import heading_in
from macroimmune.study.draft import Draft, draft_from_tables
from macroimmune.study.drafting import FoundTable, find_tables
from macroimmune.units import find_unit

__all__ = ["settings_for_sheet"]


def settings_for_sheet(
    path: Path,
    *,
    participant: str | None = None,
    os_time: str | None = None,
    os_event: str | None = None,
    pfs_time: str | None = None,
    pfs_event: str | None = None,
    rfs_time: str | None = None,
    rfs_event: str | None = None,
    response: str | None = None,
    arm: str | None = None,
    age: str | None = None,
    sex: str | None = None,
    cancer_type: str | None = None,
    time_unit: str | None = None,
    sheet: str | None = None,
) -> Draft:
    """Return the `study.toml` of a study that is one sheet.

    Parameters
    ----------
    path : Path
        CSV, TSV, Excel, ODS or Parquet.
    participant, os_time, pfs_time, rfs_time, arm, age, sex, cancer_type : str or None
        Headings in the sheet; None: inferred from headings and cells.
    os_event, pfs_event, rfs_event, response : str or None
        A heading, or a heading and its codes: ``OS_event=1``, ``BOR=CR,PR``. Other codes that
        say so (0, no, alive, censored, SD, PD ...) mean that there was no event or response; any
        further code is an error of the reader, never quietly no event.
    time_unit : str or None
        Unit of all times given; None: from each heading, else from the values.
    sheet : str or None
        Of a workbook; where not given the first that has the columns named.

    Returns
    -------
    draft : Draft
        What was inferred is among its findings; what was given is not.

    Raises
    ------
    InputError
        If the file, a column or a code is not there, or the unit is not one of time.
    """
    tables, unread = find_tables(path, sheet=sheet)
    if not tables:
        msg = f"{path}: no table with rows; {' '.join(one.found for one in unread)}"
        raise InputError(msg)
    given = [participant, os_time, pfs_time, rfs_time, arm, age, sex, cancer_type]
    coded = [os_event, pfs_event, rfs_event, response]
    table = _sheet_with(tables, [one for one in given if one], [one for one in coded if one])
    unit = _time_unit(time_unit)
    headings: Mapping[str, str | None] = {
        "participant_id": participant,
        "arm": arm,
        "age_years": age,
        "sex": sex,
        "cancer_type": cancer_type,
    }
    times = {"os_time_days": os_time, "pfs_time_days": pfs_time, "rfs_time_days": rfs_time}
    events = {"os_event": os_event, "pfs_event": pfs_event, "rfs_event": rfs_event}
    hints = {name: ColumnSpec(column) for name, column in headings.items() if column}
    hints |= {name: ColumnSpec(column, unit=unit) for name, column in times.items() if column}
    hints |= {name: _with_codes(table, option) for name, option in events.items() if option}
    if response:
        hints |= _response(_with_codes(table, response))
    draft = draft_from_tables([table], name=path.stem, hints=hints)
    return Draft(draft.text, (*unread, *draft.findings))


def _sheet_with(
    tables: Sequence[FoundTable], headings: Sequence[str], coded: Sequence[str]
) -> FoundTable:
    """Return the first sheet that has every column named, else the first that has most.

    Raises
    ------
    InputError
        If of several sheets none has them all, with the sheets that there are.
    """

    def absent(table: FoundTable) -> list[str]:
        wanted = [*headings, *(_with_codes(table, option).column for option in coded)]
        return [one for one in wanted if heading_in(table.raw, one) is None]

    best = min(tables, key=lambda table: len(absent(table)))
    if len(tables) > 1 and absent(best):
        sheets = ", ".join(repr(table.sheet) for table in tables)
        msg = (
            f"{best.file}: no sheet has all columns; {best.sheet!r} lacks "
            f"{', '.join(map(repr, absent(best)))}; sheets: {sheets}; choose with --sheet"
        )
        raise InputError(msg)
    return best


def _time_unit(text: str | None) -> str:
    """Return the declared symbol of a unit of time.

    Raises
    ------
    InputError
        If it is another unit, or none.
    """
    if text is None:
        return ""
    try:
        unit = find_unit(text)
    except SchemaError as error:
        msg = f"time unit {text!r} is not known; write day, week, month or year"
        raise InputError(msg) from error
    if unit.quantity != "time":
        msg = f"time unit {text!r} measures {unit.quantity}; write day, week, month or year"
        raise InputError(msg)
    return unit.symbol


def _with_codes(table: FoundTable, option: str) -> ColumnSpec:
    """Return the column, and the codes after the last equals sign where it is no part of it."""
    column, separator, codes = option.rpartition("=")
    if not separator or heading_in(table.raw, option) is not None:
        return ColumnSpec(option)
    true = tuple(code.strip() for code in codes.split(",") if code.strip())
    return ColumnSpec(column.strip(), true=true)


def _response(spec: ColumnSpec) -> dict[str, ColumnSpec]:
    """Return the response as its codes say it, or as the best response where none are given."""
    if not spec.true:
        return {"best_response": spec}
    return {"response": spec}
