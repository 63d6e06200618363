"""Columns of large tables as text: odd rows are told, all others kept."""

import csv
import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.formats.text_rows import RowShape, heading_cells, text_rows

SHAPE = RowShape(("a", "b", "c"), "\t", has_quotes=False)


def read(path, data, *, shape=SHAPE, wanted=("a", "c"), block_bytes=1 << 20):
    path.write_bytes(data)
    found = list(text_rows(path, shape, wanted, heading_row=1, block_bytes=block_bytes))
    cells = [row for one in found for row in one.table.rows()]
    rows = [row for one in found for row in one.rows.tolist()]
    return cells, rows, [odd for one in found for odd in one.odd]


def test_rows_with_too_few_or_too_many_cells_are_told_and_blank_ones_passed_over(tmp_path):
    data = b"a\tb\tc\n1\t2\t3\n4\t5\n\n6\t7\t8\t9\n10\t\t12"
    cells, rows, odd = read(tmp_path / "a", data)
    assert cells == [("1", "3"), ("10", "12")]
    assert rows == [2, 6]
    assert odd == [(3, "2 cells"), (5, "4 cells")]


def test_one_long_and_one_short_row_do_not_make_up_for_one_another(tmp_path):
    cells, rows, odd = read(tmp_path / "a", b"a\tb\tc\n1\t2\n3\t4\t5\t6\n7\t8\t9\n")
    assert (cells, rows) == ([("7", "9")], [4])
    assert odd == [(2, "2 cells"), (3, "4 cells")]


def test_a_quote_hides_separators_where_cells_are_quoted(tmp_path):
    shape = RowShape(("a", "b", "c"), ",", has_quotes=True)
    data = b'"a",b,c\n"1,5",x,"say ""no"""\n"open,2,3\n4,5,6\n'
    cells, rows, odd = read(tmp_path / "a", data, shape=shape)
    assert cells == [("1,5", 'say "no"'), ("4", "6")]
    assert rows == [2, 4]
    assert odd == [(3, "a quote that is not closed or out of place")]


def test_a_quote_is_a_letter_where_cells_are_not_quoted(tmp_path):
    cells, _, odd = read(tmp_path / "a", b'a\tb\tc\n5"\tx\ty\n1\t2\t3\n')
    assert cells == [('5"', "y"), ("1", "3")]
    assert odd == []


def test_empty_cells_are_null_and_columns_come_as_they_are_asked_for(tmp_path):
    cells, _, _ = read(tmp_path / "a", b"a\tb\tc\n\t2\t3\n", wanted=("c", "a"))
    assert cells == [("3", None)]


def test_a_heading_alone_has_no_rows(tmp_path):
    assert read(tmp_path / "a", b"a\tb\tc\n") == ([], [], [])


def test_names_in_quotes_are_read():
    assert heading_cells('"a b"\tc', "\t") == ("a b", "c")


CELL = st.text(alphabet='ab"é1 ', max_size=3)


@settings(max_examples=40)
@given(lines=st.lists(st.lists(CELL, max_size=5)), size=st.integers(1, 60))
def test_every_line_is_kept_told_or_blank_whatever_the_blocks(tmp_path_factory, lines, size):
    text = "\n".join(["a\tb\tc", *("\t".join(cells) for cells in lines)]) + "\n"
    cells, rows, odd = read(tmp_path_factory.mktemp("a") / "a", text.encode(), block_bytes=size)
    split = [line.split("\t") for line in text.split("\n")[1:-1]]
    expected = [(k, one) for k, one in enumerate(split, start=2) if len(one) == 3]
    assert rows == [k for k, _ in expected]
    assert cells == [(one[0] or None, one[2] or None) for _, one in expected]
    blank = [k for k, one in enumerate(split, start=2) if one == [""]]
    assert sorted([*rows, *blank, *(k for k, _ in odd)]) == list(range(2, len(split) + 2))


@settings(max_examples=40)
@given(rows=st.lists(st.lists(st.text('a",;', max_size=4), min_size=3, max_size=3)))
def test_what_is_written_with_quotes_is_read_back(tmp_path_factory, rows):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["a", "b", "c"], *rows])
    shape = RowShape(("a", "b", "c"), ",", has_quotes=True)
    cells, places, odd = read(
        tmp_path_factory.mktemp("a") / "a", out.getvalue().encode(), shape=shape
    )
    assert odd == []
    assert cells == [(one[0] or None, one[2] or None) for one in rows]
    assert places == (np.arange(len(rows)) + 2).tolist()
