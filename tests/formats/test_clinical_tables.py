"""Any table of text cells comes back from every dialect, and the bytes are as stated."""

import dataclasses
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import FormatError
from macroimmune.formats import Dialect, read_table, write_table, write_workbook
from macroimmune.formats.text_encoding import decode_text
from macroimmune.inputs import raw_table
from macroimmune.inputs.raw_table import raw_table_from_bytes

TEXTS = {
    "utf-8": st.characters(exclude_categories=("Cs",), exclude_characters="\0"),
    "utf-8-sig": st.characters(exclude_categories=("Cs",), exclude_characters="\0"),
    "utf-16": st.characters(exclude_categories=("Cs",), exclude_characters="\0"),
    "latin-1": st.characters(codec="latin-1", exclude_characters="\0"),
    "cp1252": st.characters(codec="cp1252", exclude_characters="\0"),
    "mac_roman": st.characters(codec="mac_roman", exclude_characters="\0"),
}


@st.composite
def tables(draw, character):
    """Draw unique headings and rows of which none is blank."""
    cell = st.text(character, max_size=12) | st.sampled_from(['"', '""', ",", ";", "\n", "1,5"])
    filled = cell.filter(bool)
    headings = draw(st.lists(filled, min_size=1, max_size=5, unique=True))
    row = st.lists(cell, min_size=len(headings), max_size=len(headings)).filter(any)
    rows = draw(st.lists(row, max_size=6))
    columns = {name: [cells[at] or None for cells in rows] for at, name in enumerate(headings)}
    return pl.DataFrame(columns, schema=dict.fromkeys(headings, pl.String))


@given(data=st.data())
def test_text_cells_come_back_from_every_dialect_of_text(data):
    encoding = data.draw(st.sampled_from(sorted(TEXTS)))
    dialect = Dialect(
        separator=data.draw(st.sampled_from([",", ";", "\t", "|"])),
        encoding=encoding,
        line_end=data.draw(st.sampled_from(["\n", "\r\n", "\r"])),
        decimal=data.draw(st.sampled_from([".", ","])),
        quotes=data.draw(st.sampled_from(["where needed", "everywhere"])),
    )
    table = data.draw(tables(TEXTS[encoding]))
    assert read_table(write_table(table, dialect), dialect, "a").equals(table)


@given(table=tables(TEXTS["utf-8"]))
def test_text_cells_come_back_from_parquet(table):
    dialect = Dialect("parquet")
    assert read_table(write_table(table, dialect), dialect, "a").equals(table)


@given(table=tables(st.characters(exclude_categories=("Cs",), exclude_characters="\0\ufffe\uffff")))
def test_text_cells_come_back_from_workbooks(table):
    dialect = Dialect("workbook", sheet="Labor")
    assert read_table(write_table(table, dialect), dialect, "a").equals(table)


@pytest.mark.parametrize(
    ("dialect", "data"),
    [
        (Dialect(), b'id,x\na,0.5\n"b,c",12\n'),
        (Dialect(separator=";", decimal=","), b"id;x\na;0,5\nb,c;12\n"),
        (Dialect(decimal=","), b'id,x\na,"0,5"\n"b,c",12\n'),
        (Dialect(line_end="\r", quotes="everywhere"), b'"id","x"\r"a","0.5"\r"b,c","12"\r'),
        (Dialect(separator="\t", encoding="utf-8-sig"), b"\xef\xbb\xbfid\tx\na\t0.5\nb,c\t12\n"),
    ],
)
def test_numbers_have_the_decimal_mark_of_the_dialect(dialect, data):
    assert write_table(pl.DataFrame({"id": ["a", "b,c"], "x": [0.5, 12.0]}), dialect) == data


@pytest.mark.parametrize("encoding", sorted(TEXTS))
def test_the_encoding_is_recognised_by_the_reader_that_knows_nothing(encoding):
    table = pl.DataFrame({"Läbor": ["10 µg", "Müller"], "x": [1, 2]})
    data = write_table(table, Dialect(encoding=encoding))
    assert decode_text(data, "a").text.startswith("Läbor,x\n10 µg,1\n")


@pytest.mark.parametrize("kind", ["text", "workbook", "parquet"])
def test_inputs_read_what_was_written(kind):
    table = pl.DataFrame({
        "id": ["007", "b"],
        "x": [0.1, None],
        "n": [3, 1200],
        "dead": [True, False],
        "drawn": [date(2024, 5, 1), None],
    })
    raw = raw_table_from_bytes(write_table(table, Dialect(kind)), "a")
    cells = raw.frame.with_columns(pl.col("dead").str.to_lowercase())
    assert cells.rows() == [
        ("007", "0.1", "3", "true", "2024-05-01"),
        ("b", None, "1200", "false", None),
    ]
    assert raw.findings == ()


@pytest.mark.parametrize("kind", ["text", "workbook", "parquet"])
def test_the_same_table_gives_the_same_bytes(kind):
    table = pl.DataFrame({"id": ["a", "b"], "x": [0.5, None]})
    assert write_table(table, Dialect(kind)) == write_table(table, Dialect(kind))


def test_numbers_are_numbers_in_a_sheet_and_text_is_never_a_formula():
    table = pl.DataFrame({"id": ["=1+1", "3"], "x": [float("nan"), 2.5]})
    rows = read_table(write_workbook({"first": table}), Dialect("workbook", sheet="first"), "a")
    assert rows.rows() == [("=1+1", None), ("3", "2.5")]


def test_a_workbook_holds_several_sheets_in_their_order():
    sheets = {"a": pl.DataFrame({"x": [1]}), "b": pl.DataFrame({"y": [2]})}
    data = write_workbook(sheets)
    assert read_table(data, Dialect("workbook", sheet="b"), "a").rows() == [("2",)]
    assert raw_table.sheet_records(data, "a", None)[2] == ("a", "b")


@pytest.mark.parametrize(
    "field", ["kind", "separator", "encoding", "line_end", "decimal", "quotes"]
)
def test_an_unknown_dialect_is_refused(field):
    with pytest.raises(FormatError, match=f"{field} = 'x'; expected one of"):
        dataclasses.replace(Dialect(), **{field: "x"})


@pytest.mark.parametrize(
    ("cell", "dialect", "message"),
    [
        ("β", Dialect(encoding="latin-1"), "'β' cannot be written in latin-1"),
        ("\0", Dialect(), "NUL"),
        ("x" * 40_000, Dialect("workbook"), "row 2, column 1: 40000 characters"),
        ("\uffff", Dialect("workbook"), "row 2, column 1: a character that XML lacks"),
        ("a", Dialect("workbook", sheet="x" * 40), "choose other names"),
    ],
)
def test_what_cannot_be_written_is_refused(cell, dialect, message):
    with pytest.raises(FormatError, match=message):
        write_table(pl.DataFrame({"id": [cell]}), dialect)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "headings absent"),
        (b"a,a\n1,2\n", r"headings \['a'\]"),
        (b"a\n1,2\n", "row 2: 2 cells; expected 1"),
        (b"a\xff\n", "byte 1 is no utf-8"),
    ],
)
def test_what_is_not_of_the_dialect_is_refused(data, message):
    with pytest.raises(FormatError, match=message):
        read_table(data, Dialect(), "a.csv")
