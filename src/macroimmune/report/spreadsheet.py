"""tables.xlsx: the main tables for people who read spreadsheets."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from macroimmune.report.source import ReportSource
from macroimmune.results import RESULT_TABLES

__all__ = ["write_workbook"]

WORKBOOK_FILE = "tables.xlsx"
# Sheets in the order in which people ask for them; curves are for programs.
_SHEETS = (
    ("Associations", "associations"),
    ("Biomarkers", "feature_list"),
    ("Cut-points", "cut_points"),
    ("Cohorts together", "meta_analysis"),
    ("Cohorts", "meta_cohorts"),
    ("Competing events", "competing_risks"),
    ("Predictive", "predictive"),
    ("Course under treatment", "trajectories"),
    ("Restricted means", "restricted_means"),
    ("Evidence", "agreement"),
    ("Cell frequencies", "cell_frequencies"),
    ("Quality of files", "cytometry_quality"),
    ("Differential abundance", "differential_abundance"),
    ("Ways of gating, cells", "concordance"),
    ("Ways of gating, percent", "way_differences"),
    ("Batch effects", "batch_effects"),
    ("Stimulation pairs", "stimulation_pairs"),
    ("Responsiveness", "responsiveness"),
    ("Responsiveness, reference", "responsiveness_reference"),
    ("Responsiveness, definitions", "responsiveness_definitions"),
    ("Responsiveness and outcome", "corrected_effects"),
    ("Detectable effects", "detectable_effects"),
    ("Stimulation by plate", "stimulation_plates"),
    ("Dose and response", "dose_responses"),
    ("Pre-encoded", "pre_encoded"),
    ("Files of counts", "expression_quality"),
    ("Repertoires", "repertoires"),
    ("Repertoires, left out", "repertoire_losses"),
    ("Repertoire diversity", "repertoire_diversity"),
    ("Clone changes by pair", "repertoire_changes"),
    ("Called clones", "clone_changes"),
    ("Repertoire turnover", "repertoire_turnover"),
    ("Clones in blood and tumour", "clone_sharing"),
    ("Novel tumour clones", "novel_tumour_clones"),
    ("Repertoire overlap", "repertoire_overlap"),
    ("Clones by population", "clone_populations"),
    ("STARTRAC", "startrac"),
    ("Novel clones by population", "novel_phenotypes"),
    ("Similar receptors", "receptor_neighbours"),
    ("Clusters of receptors", "receptor_clusters"),
    ("Participant flow", "participant_flow"),
    ("Findings", "findings"),
    ("Ledger", "ledger"),
    ("Truth", "truth"),
    ("True cell frequencies", "truth_frequencies"),
)
# Of these tables a sheet has a part, and its line on the first sheet says so.
_PARTS = {
    "clone_changes": ("expanded and contracted clones", pl.col("call") != ""),
    "receptor_clusters": ("the 1,000 largest", pl.col("cluster") <= 1000),
}
_LONGEST_CELL = 32_767
_MOST_ROWS = 1_048_575
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def write_workbook(source: ReportSource, folder: Path) -> Path:
    """Write one sheet for each table that has rows, with a frozen header.

    Parameters
    ----------
    source : ReportSource
    folder : Path
        Where the file is written.

    Returns
    -------
    path : Path

    Notes
    -----
    Convention: no cell is a formula or a link; a text that begins with = + - or @ stays text.
    Missing and infinite numbers are empty cells. Rows beyond what a sheet holds stay in the CSV,
    and the last sheet says so.
    """
    path = folder / WORKBOOK_FILE
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": _title(source), "created": _created(source)})
        looks = {
            "head": book.add_format({"bold": True, "bottom": 1, "valign": "top"}),
            "number": book.add_format({"num_format": "General"}),
        }
        _about(book, source, looks)
        for sheet, name in _SHEETS:
            frame = _shown(source, name)
            if frame.height:
                _sheet(book, sheet, name, frame, looks)
    return path


def _shown(source: ReportSource, name: str) -> pl.DataFrame:
    frame = source.tables[name]
    return frame.filter(_PARTS[name][1]) if name in _PARTS else frame


def _about_words(name: str) -> str:
    part = f"; here: {_PARTS[name][0]}" if name in _PARTS else ""
    return f"one row per {RESULT_TABLES[name].one_row_per}; {RESULT_TABLES[name].file}{part}"


def _title(source: ReportSource) -> str:
    return str(source.study.get("name") or "Results")


def _created(source: ReportSource) -> datetime:
    """Return the start of the run, so that the same results give the same file."""
    try:
        return datetime.fromisoformat(str(source.run.get("started")))
    except ValueError:
        return _EPOCH


def _about(book: Any, source: ReportSource, looks: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90)
    rows = [
        ("Study", _title(source)),
        ("Version", f"macroimmune {source.run['version']}"),
        ("Command", str(source.run.get("command") or "")),
        ("Started", str(source.run.get("started") or "")),
        ("Use", "For research, not for diagnosis."),
    ]
    rows.extend(
        (title, _about_words(name)) for title, name in _SHEETS if _shown(source, name).height
    )
    for index, (name, value) in enumerate(rows):
        sheet.write_string(index, 0, name, looks["head"])
        sheet.write_string(index, 1, value[:_LONGEST_CELL])


def _sheet(book: Any, title: str, name: str, frame: pl.DataFrame, looks: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 1)
    shown = frame.head(_MOST_ROWS)
    for column, (heading, values) in enumerate(shown.to_dict(as_series=False).items()):
        sheet.write_string(0, column, heading, looks["head"])
        sheet.write_comment(0, column, RESULT_TABLES[name].columns[heading][1])
        for row, value in enumerate(values, start=1):
            _cell(sheet, row, column, value)
        longest = max((len(str(value)) for value in values[:200]), default=0)
        is_number = frame.schema[heading].is_numeric()
        sheet.set_column(column, column, 14 if is_number else min(60, max(10, longest + 2)))
    sheet.autofilter(0, 0, shown.height, shown.width - 1)


def _cell(sheet: Any, row: int, column: int, value: object) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        # A spreadsheet has no cell for NaN and infinity.
        if not math.isfinite(value):
            return
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value)[:_LONGEST_CELL])
