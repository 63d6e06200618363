"""Tables are read as they stand: cells, headings and rows as a spreadsheet shows them."""

import gzip
import io

import polars as pl
import pytest

from macroimmune.errors import FormatError
from macroimmune.inputs import read_raw_table


def codes(raw):
    return [(finding.severity, finding.code) for finding in raw.findings]


def test_a_clean_table_is_read_in_silence(table):
    raw = table("id,NLR\np1,2.50\np2,\n")
    assert raw.frame.to_dict(as_series=False) == {"id": ["p1", "p2"], "NLR": ["2.50", None]}
    assert (raw.rows, raw.first_row, raw.findings) == ((2, 3), 2, ())


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_every_delimiter_is_recognised(table, delimiter, quote):
    lines = [["id", "a b", "c"], ["p1", "1.5", "x"], ["p2", "2", "y"]]
    text = "\n".join(delimiter.join(f"{quote}{cell}{quote}" for cell in line) for line in lines)
    raw = table(text)
    assert raw.frame.columns == ["id", "a b", "c"]
    assert raw.frame["c"].to_list() == ["x", "y"]
    assert raw.delimiter == delimiter


def test_decimal_commas_do_not_pass_as_delimiters(table):
    raw = table("id;NLR\np1;1,5\np2;2,5\n")
    assert raw.frame["NLR"].to_list() == ["1,5", "2,5"]


def test_blank_rows_are_left_out_but_counted(table):
    raw = table("id,NLR\n\np1,2\n,\n\np2,3\n")
    assert raw.rows == (3, 6)
    assert raw.findings == ()


def test_a_table_may_begin_below_blank_rows(table):
    assert table("\n\nid,NLR\np1,2\n").rows == (4,)


def test_line_ends_inside_quotes_belong_to_the_cell_and_rows_stay_right(table):
    raw = table('id,note\np1,"two\nlines"\np2,one\n')
    assert raw.frame["note"].to_list() == ["two\nlines", "one"]
    assert raw.rows == (2, 3)


def test_a_quote_that_is_never_closed_is_refused(table):
    with pytest.raises(FormatError, match=r"table\.csv, row 3.*never closed"):
        table('id,note\np1,x\np2,"open\np3,x\n')


def test_text_after_a_closing_quote_is_a_warning_with_its_row(table):
    raw = table('id,note\np1,x\np2,"a"b\n')
    (finding,) = raw.findings
    assert (finding.severity, finding.code, finding.row) == ("warning", "quotes", 3)


def test_ragged_rows_are_warnings_with_their_rows(table):
    raw = table("id,a,b\np1,1,2\np2,1\np3,1,2,3\np4,1,2,\n")
    ragged = [finding for finding in raw.findings if finding.code == "ragged-row"]
    assert [finding.row for finding in ragged] == [3, 4]
    assert "['3'] left out" in ragged[1].found
    assert raw.frame["b"].to_list() == ["2", None, "2", "2"]


def test_many_ragged_rows_are_counted_not_lost(table):
    raw = table("id,a\n" + "p\n" * 50)
    ragged = [finding for finding in raw.findings if finding.code == "ragged-row"]
    assert len(ragged) == 21
    assert "30 more rows" in ragged[-1].found
    assert "50 in all" in ragged[-1].found


def test_duplicate_headings_are_made_unique_with_a_warning(table):
    raw = table("id,a,a,a\np1,1,2,3\n")
    assert raw.frame.columns == ["id", "a", "a (2)", "a (3)"]
    assert codes(raw) == [("warning", "duplicate-heading")] * 2


def test_a_duplicate_heading_never_takes_the_name_of_another(table):
    raw = table("a (2),a,a\n1,2,3\n")
    assert raw.frame.columns == ["a (2)", "a", "a (3)"]


def test_empty_trailing_columns_vanish_in_silence(table):
    raw = table("id,a,,\np1,1,,\n")
    assert raw.frame.columns == ["id", "a"]
    assert raw.findings == ()


def test_a_filled_column_without_heading_is_named_and_noted(table):
    raw = table("id,,a\np1,x,1\n")
    assert raw.frame.columns == ["id", "column 2", "a"]
    assert codes(raw) == [("note", "empty-heading")]


def test_row_names_as_r_writes_them_do_not_shift_the_table(table):
    raw = table('"id" "a"\n'.replace(" ", ",") + '"1","p1",5\n"2","p2",6\n')
    assert raw.frame["a"].to_list() == ["5", "6"]


@pytest.mark.parametrize("content", ["", "\n\n", ",,\n"])
def test_an_empty_file_is_refused(table, content):
    with pytest.raises(FormatError, match=r"table\.csv: empty"):
        table(content)


def test_a_header_without_rows_is_an_empty_table(table):
    raw = table("id,a\n")
    assert raw.frame.shape == (0, 2)
    assert raw.rows == ()


def test_gzip_is_unpacked_whatever_the_name(table):
    assert table(gzip.compress(b"id,a\np1,1\n")).frame.shape == (1, 2)


def test_parquet_and_text_give_the_same_table(table):
    frame = pl.DataFrame({"id": ["p1", "p2"], "NLR": [2.5, None]})
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    first, second = table(buffer.getvalue(), "a.parquet"), table("id,NLR\np1,2.5\np2,\n")
    assert first.frame.equals(second.frame)
    assert first.rows == second.rows


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_the_quick_way_and_the_careful_way_give_the_same_table(table, delimiter):
    lines = [delimiter.join(["id", "a", ""]), "", delimiter.join(["p1", "", "x"]), delimiter * 2]
    quick = "\r\n".join([*lines, delimiter.join(["p2", "2", ""]), ""])
    careful = quick.replace("p2", '"p2"')
    assert table(quick).frame.equals(table(careful).frame)
    assert table(quick).rows == table(careful).rows == (3, 5)


def test_damaged_gzip_is_refused(table):
    with pytest.raises(FormatError, match="damaged gzip"):
        table(gzip.compress(b"id,a\np1,1\n")[:-9])


def test_nul_bytes_are_refused(table):
    with pytest.raises(FormatError, match="NUL byte at position 6"):
        table(b"id,a\np\0,1\n")


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    with pytest.raises(FormatError, match=r"nothing\.csv: cannot be read"):
        read_raw_table(tmp_path / "nothing.csv")
