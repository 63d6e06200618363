"""Workbooks are read with the spelling that people see."""

import datetime
import zipfile

import pytest
import xlsxwriter

from macroimmune.errors import FormatError
from macroimmune.formats import file_bytes
from macroimmune.inputs import read_raw_table


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "cohort.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("empty")
    sheet = book.add_worksheet("patients")
    sheet.write_row(0, 0, ["id", "NLR", "dead", "drawn", "text"])
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(1, 0, [1, 2.5, True])
    sheet.write_datetime(1, 3, datetime.datetime(2024, 5, 1), date)
    sheet.write(1, 4, "007")
    sheet.write_row(3, 0, [2, 3, False])
    other = book.add_worksheet("other")
    other.write_row(0, 0, ["id", "x"])
    other.write_row(1, 0, ["p9", 1])
    book.close()
    return path


def test_cells_are_spelled_as_people_see_them(workbook):
    raw = read_raw_table(workbook, sheet="patients")
    assert raw.frame.row(0) == ("1", "2.5", "TRUE", "2024-05-01", "007")
    assert raw.frame.row(1) == ("2", "3", "FALSE", None, None)
    assert raw.rows == (2, 4)
    assert raw.place == "cohort.xlsx [patients]"
    assert raw.findings == ()


def test_the_first_sheet_that_is_not_empty_is_read_with_a_note(workbook):
    raw = read_raw_table(workbook)
    assert raw.sheet == "patients"
    (finding,) = raw.findings
    assert (finding.severity, finding.code) == ("note", "sheet-chosen")
    assert "'other'" in finding.found


def test_a_sheet_that_is_not_there_names_the_closest(workbook):
    with pytest.raises(FormatError, match="no sheet 'patient'; Did you mean 'patients'"):
        read_raw_table(workbook, sheet="patient")


def test_a_damaged_workbook_is_refused(workbook):
    workbook.write_bytes(workbook.read_bytes()[:3000])
    with pytest.raises(FormatError, match=r"cohort\.xlsx: damaged"):
        read_raw_table(workbook)


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "cohort.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(FormatError, match="not a workbook"):
        read_raw_table(path)


def test_a_workbook_that_unpacks_too_large_is_refused(workbook, monkeypatch):
    monkeypatch.setattr(file_bytes, "MAX_BYTES", 2000 + workbook.stat().st_size)
    with pytest.raises(FormatError, match="unpacks to"):
        read_raw_table(workbook)


def test_a_stray_cell_far_out_is_refused_before_it_fills_the_memory(tmp_path):
    path = tmp_path / "cohort.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["id", "NLR"])
    sheet.write(1_048_575, 16_383, 1)
    book.close()
    with pytest.raises(FormatError, match="row 1048576 and one in column 16384"):
        read_raw_table(path)


def test_a_long_narrow_sheet_is_read(tmp_path):
    path = tmp_path / "cohort.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["id", "NLR"])
    sheet.write_row(600_000, 0, ["p1", 2])
    book.close()
    assert read_raw_table(path).rows == (600_001,)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(workbook, monkeypatch):
    monkeypatch.setattr(file_bytes, "MAX_BYTES", 10)
    with pytest.raises(FormatError, match="expected at most 2 GB"):
        read_raw_table(workbook)
