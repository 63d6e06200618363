"""Headings of repertoire files: comments above, separators, quotes, and a last row that is cut."""

import gzip

import pytest

from macroimmune.formats import RECEPTOR_LAYOUTS, read_receptor_head
from macroimmune.formats.receptor_head import receptor_heading

VDJTOOLS = RECEPTOR_LAYOUTS["vdjtools"]


@pytest.mark.parametrize(
    ("text", "row", "separator", "has_quotes"),
    [
        ("count\tfreq\n1\t2\n", 1, "\t", False),
        ("#count\tfreq\n1\t2\n", 1, "\t", False),
        ("# made, by hand\n\ncount\tfreq\n1\t2\n", 3, "\t", False),
        ('"count"\t"freq"\n', 1, "\t", True),
        ("count,freq\n1,2\n", 1, ",", True),
        ("count;freq\r1;2\r", 1, ";", True),
    ],
)
def test_the_heading_is_found_with_its_separator(tmp_path, text, row, separator, has_quotes):
    path = tmp_path / "a"
    path.write_bytes(text.encode())
    found = receptor_heading(path, VDJTOOLS)
    assert (found.row, found.shape.separator, found.shape.has_quotes) == (
        row,
        separator,
        has_quotes,
    )
    assert found.shape.names == ("count", "freq")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_last_row_with_too_few_cells_is_cut(tmp_path, end):
    path = tmp_path / "a"
    for rows, has_rows, is_cut in ((["1\t2", "3\t4"], True, False), (["1\t2", "3"], True, True)):
        path.write_bytes(end.join(["count\tfreq", *rows, ""]).encode())
        head = read_receptor_head(path, VDJTOOLS)
        assert (head.names, head.has_rows, head.is_cut) == (("count", "freq"), has_rows, is_cut)
    path.write_bytes(b"count\tfreq\n")
    assert not read_receptor_head(path, VDJTOOLS).has_rows
    path.write_bytes(gzip.compress(b"count\tfreq\n1"))
    assert not read_receptor_head(path, VDJTOOLS).is_cut
