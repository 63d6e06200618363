"""Markers of a panel that are measured twice, or that no antigen is known by."""

from collections import defaultdict
from collections.abc import Iterator

from macroimmune.closest import closest_word
from macroimmune.evidence import antigens, find_antigen
from macroimmune.formats import FcsHead
from macroimmune.results import Finding
from macroimmune.study.checks.check import at_row, rows_of
from macroimmune.study.panels import Panel, panel_of, rows_of_channels, rows_of_panel
from macroimmune.study.raw_files.opened import RawFile
from macroimmune.study.raw_files.raw_file_check import OpenedFiles, RawFileCheck

__all__ = ["DOUBLE_MARKERS", "UNKNOWN_ANTIGENS"]

_MARKERS = ("lineage", "state")
_TECHNICAL = ("time", "scatter", "event_length", "dna", "bead", "barcode", "viability")


def _panels(opened: OpenedFiles) -> Iterator[tuple[RawFile, FcsHead, Panel]]:
    """Yield each distinct panel as it is read, with the first file that has it."""
    table = rows_of(opened.tables, "panels")
    seen = set()
    for one, head in opened.fcs_files():
        kind = (one.row["panel"], head.names, head.antigens)
        if kind not in seen:
            seen.add(kind)
            name = None if one.row["panel"] is None else str(one.row["panel"])
            yield one, head, panel_of(name, table, head)


def _double(opened: OpenedFiles) -> Iterator[Finding]:
    for one, _, panel in _panels(opened):
        channels = defaultdict(list)
        for channel in panel.channels:
            if channel.antigen and channel.role in _MARKERS:
                channels[channel.antigen].append(channel.channel)
        for antigen, names in channels.items():
            if len(names) > 1:
                yield at_row(
                    one.row,
                    severity="warning",
                    code="marker-in-two-channels",
                    column="panel",
                    found=f"{one.row['raw_file']}: {antigen} in {' and '.join(names)}",
                    expected="one channel per marker of a panel",
                    advice=f"{names[0]} is used. Give the other its antigen, or the role other, "
                    "in [panels].",
                )


def _unknown(opened: OpenedFiles) -> Iterator[Finding]:
    """Note each word for which no antigen is known, in the table of panels or in labels."""
    table = rows_of(opened.tables, "panels")
    words = [name for one in antigens() for name in (one.id, *one.aliases)]
    told = set()
    for row in table.iter_rows(named=True):
        word, role = row["antigen"], row["role"]
        if word is None or role in _TECHNICAL or find_antigen(word) or word in told:
            continue
        told.add(word)
        yield at_row(
            row,
            severity="note",
            code="antigen-unknown",
            column="antigen",
            found=f"{word}, an antigen that is not known here",
            expected="an antigen of the vocabulary (macroimmune evidence)",
            advice=_advice(word, words, role),
        )
    for one, head, panel in _panels(opened):
        name = None if one.row["panel"] is None else str(one.row["panel"])
        listed = rows_of_channels(rows_of_panel(name, table), head)
        for k, channel in enumerate(panel.channels):
            word = channel.antigen
            if k in listed or not word or find_antigen(word) or word in told:
                continue
            told.add(word)
            yield at_row(
                one.row,
                severity="note",
                code="antigen-unknown",
                column="panel",
                found=f"{one.row['raw_file']}: {channel.channel} is labelled {word!r}, which is "
                "no antigen that is known here",
                expected="an antigen of the vocabulary (macroimmune evidence)",
                advice=_advice(word, words, None),
            )


def _advice(word: str, words: list[str], role: str | None) -> str:
    near = closest_word(word, words)
    question = f"Did you mean {near!r}? " if near else ""
    if role in _MARKERS:
        return f"{question}It stays as written; no definition of a population asks for it."
    return f"{question}It stays as written, with the role other: it is not used."


DOUBLE_MARKERS = RawFileCheck(
    ("marker-in-two-channels",), "markers that two channels of one panel measure", _double
)
UNKNOWN_ANTIGENS = RawFileCheck(
    ("antigen-unknown",), "antigens of panels and labels that are not known", _unknown
)
