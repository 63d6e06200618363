"""Panels of stimulated wells that lack the markers by which the answer was declared to be read."""

from collections.abc import Iterator

from macroimmune.evidence import MarkerList, marker_lists
from macroimmune.results import Finding
from macroimmune.study.checks.check import at_row, rows_of
from macroimmune.study.panels import Panel, panel_of
from macroimmune.study.raw_files.opened import RawFile
from macroimmune.study.raw_files.raw_file_check import OpenedFiles, RawFileCheck
from macroimmune.study.study_stimulus import study_stimulus
from macroimmune.study.well_partners import is_stimulated

__all__ = ["LISTED_MARKERS"]

# A score needs so many markers and half of its list; the other lists give effect sizes.
_LEAST_MARKERS = 3
_SCORED = "type_1_interferon"


def _look(opened: OpenedFiles) -> Iterator[Finding]:
    table = rows_of(opened.tables, "panels")
    seen = set()
    for one, head in opened.fcs_files():
        word = str(one.row["stimulus"] or "")
        minutes, dose = (_number(one.row[name]) for name in ("stimulus_minutes", "stimulus_dose"))
        kind = (one.row["panel"], head.names, head.antigens, word, minutes)
        if kind in seen or not is_stimulated(word, dose):
            continue
        seen.add(kind)
        known = study_stimulus(opened.analysis.stimulation, word)
        lists = [one for one in marker_lists(known.family) if one.covers(minutes)] if known else []
        name = None if one.row["panel"] is None else str(one.row["panel"])
        finding = _finding(opened, one, panel_of(name, table, head), lists)
        if finding is not None:
            yield finding


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _finding(
    opened: OpenedFiles, one: RawFile, panel: Panel, lists: list[MarkerList]
) -> Finding | None:
    """Return what a panel lacks for all lists that are read, None where it serves one of them."""
    states = {panel.channels[k].antigen for k in panel.with_role("state")}
    lacks = []
    for listed in lists:
        markers = opened.analysis.stimulation.markers.get(listed.id, listed.markers)
        there = [marker for marker in markers if marker in states]
        needed = max(_LEAST_MARKERS, len(markers) / 2) if listed.family == _SCORED else 1
        if len(there) >= needed:
            return None
        lacks.append(f"{', '.join(there) or 'none'} of {listed.id} ({', '.join(markers)})")
    if not lacks:
        return None
    return at_row(
        one.row,
        severity="warning",
        code="list-markers-missing",
        column="panel",
        found=f"{one.row['raw_file']}: {one.row['stimulus']} is read by state markers of the "
        f"panel: {'; '.join(lacks)}",
        expected=f"{_LEAST_MARKERS} markers and half of the list for a score, one for effect sizes",
        advice="There is no score. Give channels their antigen in [panels], or declare the "
        "markers that you have in [analysis.stimulation].",
    )


LISTED_MARKERS = RawFileCheck(
    ("list-markers-missing",),
    "panels of stimulated wells that lack the declared markers",
    _look,
)
