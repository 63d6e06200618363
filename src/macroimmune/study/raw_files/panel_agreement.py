"""Where the table of panels and the channels of the files disagree."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from macroimmune.closest import did_you_mean
from macroimmune.evidence import find_antigen
from macroimmune.formats import FcsHead
from macroimmune.results import Finding
from macroimmune.study.checks.check import at_row, rows_of
from macroimmune.study.panels import (
    Panel,
    detector_key,
    panel_from_head,
    panel_of,
    rows_of_channels,
    rows_of_panel,
)
from macroimmune.study.raw_files.opened import RawFile
from macroimmune.study.raw_files.raw_file_check import OpenedFiles, RawFileCheck

__all__ = ["ABSENT_CHANNELS", "OTHER_ANTIGENS", "UNLISTED_CHANNELS", "UNMATCHED_PANELS"]

_MARKERS = ("lineage", "state")
_LISTED = 6


@dataclass(frozen=True, slots=True, eq=False)
class _Kind:
    """Files of one panel with the same channels: the first of them, their panel, their number."""

    first: RawFile
    head: FcsHead
    rows: tuple[Mapping[str, object], ...]
    by_place: Mapping[int, Mapping[str, object]]
    suggested: Panel
    panel: Panel
    n: int

    @property
    def where(self) -> str:
        """The first file and how many more there are."""
        return f"{self.first.row['raw_file']}{f' and {self.n - 1} more' * (self.n > 1)}"


def _kinds(opened: OpenedFiles) -> Iterator[_Kind]:
    """Yield each kind of files for which the table of panels has rows."""
    panels = rows_of(opened.tables, "panels")
    found: dict[object, list[tuple[RawFile, FcsHead]]] = defaultdict(list)
    for one, head in opened.fcs_files():
        found[one.row["panel"], head.names, head.antigens].append((one, head))
    for some in found.values():
        one, head = some[0]
        name = None if one.row["panel"] is None else str(one.row["panel"])
        rows = rows_of_panel(name, panels)
        if rows:
            suggested = panel_from_head(name or "", head.names, head.antigens)
            by_place = rows_of_channels(rows, head)
            panel = panel_of(name, panels, head)
            yield _Kind(one, head, rows, by_place, suggested, panel, len(some))


def _unmatched(opened: OpenedFiles) -> Iterator[Finding]:
    """Yield panels of the table that no file has, and panels of files that it lacks."""
    rows = rows_of(opened.tables, "panels")
    of_files: dict[str, RawFile] = {}
    for one, _ in opened.fcs_files():
        if one.row["panel"]:
            of_files.setdefault(str(one.row["panel"]), one)
    listed = {str(row["panel"]): row for row in rows.iter_rows(named=True) if row["panel"]}
    used = {
        str(row["panel"]) for name in of_files for row in rows_of_panel(name, rows) if row["panel"]
    }
    for name, row in listed.items():
        if of_files and name not in used:
            yield at_row(
                row,
                severity="warning",
                code="panel-unmatched",
                column="panel",
                found=f"panel {name!r}, which no FCS file has",
                expected="a panel of the FCS files",
                advice=f"{did_you_mean(name, of_files)} Its rows are not used.",
            )
    for name, one in of_files.items():
        if not rows.is_empty() and not rows_of_panel(name, rows):
            yield at_row(
                one.row,
                severity="warning",
                code="panel-unmatched",
                column="panel",
                found=f"panel {name!r} of {one.row['raw_file']}, which [panels] lacks",
                expected="a panel of the table of panels",
                advice=f"{did_you_mean(name, listed)} Its channels are taken as the file says.",
            )


def _absent(opened: OpenedFiles) -> Iterator[Finding]:
    """Yield rows of the table of panels whose channel no file of the panel has, or some lack."""
    for kind in _kinds(opened):
        used = {id(row) for row in kind.by_place.values()}
        names = [*kind.head.names, *(one for one in kind.head.antigens if one)]
        for row in kind.rows:
            if id(row) in used:
                continue
            channel = str(row["channel"])
            is_there = detector_key(channel) in {detector_key(name) for name in names}
            yield at_row(
                row,
                severity="warning",
                code="channel-not-in-file",
                column="channel",
                found=f"{channel}, for which another row stands already"
                if is_there
                else f"{channel}, which {kind.where} lacks",
                expected="$PnN or $PnS of a channel, one row each",
                advice="The row is not used. Delete one of the two."
                if is_there
                else f"{did_you_mean(channel, names)} The row is not used.",
            )


def _unlisted(opened: OpenedFiles) -> Iterator[Finding]:
    """Yield markers of files that the table of panels lacks."""
    for kind in _kinds(opened):
        lacking = [
            f"{one.channel} ({one.antigen})"
            for k, one in enumerate(kind.suggested.channels)
            if k not in kind.by_place and (one.role in _MARKERS or _is_word(one.antigen))
        ]
        if lacking:
            more = f" and {len(lacking) - _LISTED} more" * (len(lacking) > _LISTED)
            yield at_row(
                kind.first.row,
                severity="warning",
                code="channel-not-in-panel",
                column="panel",
                found=f"{kind.where}: {', '.join(lacking[:_LISTED])}{more} not in [panels]",
                expected="a row of the table of panels for every marker",
                advice="They are taken as their labels say. Add them; role other: not used.",
            )


def _is_word(antigen: str) -> bool:
    return bool(antigen) and find_antigen(antigen) is None


def _other(opened: OpenedFiles) -> Iterator[Finding]:
    """Yield channels for which the label of the file and the table say different antigens."""
    for kind in _kinds(opened):
        for k, row in kind.by_place.items():
            label, listed = kind.suggested.channels[k].antigen, kind.panel.channels[k].antigen
            if find_antigen(label) is not None and row["antigen"] is not None and label != listed:
                yield at_row(
                    row,
                    severity="warning",
                    code="antigen-differs",
                    column="antigen",
                    found=f"{row['channel']} = {row['antigen']}; its label in {kind.where} is "
                    f"{kind.head.antigens[k] or kind.head.names[k]!r}, {label}",
                    expected="the same antigen in both",
                    advice="The table is used. Correct it if the label is right.",
                )


UNMATCHED_PANELS = RawFileCheck(
    ("panel-unmatched",),
    "panels of the table of panels and of FCS files that do not match",
    _unmatched,
)
ABSENT_CHANNELS = RawFileCheck(
    ("channel-not-in-file",), "channels of the table of panels that a file lacks", _absent
)
UNLISTED_CHANNELS = RawFileCheck(
    ("channel-not-in-panel",), "markers of a file that the table of panels lacks", _unlisted
)
OTHER_ANTIGENS = RawFileCheck(
    ("antigen-differs",), "antigens that differ between label and table of panels", _other
)
