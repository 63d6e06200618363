"""Tables that a draft writes for the user to complete: a list of FCS files, the panels."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from macroimmune.evidence import find_antigen
from macroimmune.study.drafting.fcs_folder import FoundFcs
from macroimmune.study.panels import PanelChannel, panel_from_head

__all__ = ["file_rows", "panel_names", "panel_rows", "table_text"]

_MARKERS = ("lineage", "state")
_TO_FILL_IN = ("days_from_treatment_start", "stimulus", "stimulus_minutes", "batch")
FileRow = Mapping[str, str]


def panel_names(files: Sequence[FoundFcs]) -> dict[PurePosixPath, str]:
    """Return a name for the panel of each file: empty where all have the same channels."""
    kinds: dict[frozenset[tuple[str, str]], str] = {}
    for one in files:
        kinds.setdefault(_channels(one), f"panel {len(kinds) + 1}")
    several = len(kinds) > 1
    return {one.path: kinds[_channels(one)] if several else "" for one in files}


def _channels(one: FoundFcs) -> frozenset[tuple[str, str]]:
    """Return what a file measures where; order and spelling of labels do not matter."""
    panel = panel_from_head("", one.head.names, one.head.antigens)
    return frozenset((channel.channel, channel.antigen) for channel in panel.channels)


def panel_rows(files: Sequence[FoundFcs], panels: Mapping[PurePosixPath, str]) -> list[FileRow]:
    """Return one row per channel of each panel, with the guessed antigen and role.

    Parameters
    ----------
    files : sequence of FoundFcs
    panels : mapping from path to the name of the panel
    """
    rows: list[FileRow] = []
    seen = set()
    for one in files:
        name = panels[one.path]
        if name in seen:
            continue
        seen.add(name)
        panel = panel_from_head(name, one.head.names, one.head.antigens)
        twice = _twice(panel.channels)
        for channel, label in zip(panel.channels, one.head.antigens, strict=True):
            rows.append({
                "panel": name,
                "channel": channel.channel,
                "label": label,
                "antigen": channel.antigen,
                "role": channel.role,
                "confirm": _question(channel, twice),
            })
    return rows


def _twice(channels: Iterable[PanelChannel]) -> set[str]:
    markers = [one.antigen for one in channels if one.role in _MARKERS]
    return {one for one in markers if markers.count(one) > 1}


def _question(channel: PanelChannel, twice: set[str]) -> str:
    if channel.antigen in twice:
        return "in two channels: which one measures it?"
    if channel.role == "other" and channel.antigen and find_antigen(channel.antigen) is None:
        return "not known: name the antigen, and lineage or state"
    return ""


def file_rows(
    files: Sequence[FoundFcs],
    panels: Mapping[PurePosixPath, str],
    *,
    participants: Iterable[str],
    samples: Iterable[str],
    labels: Mapping[PurePosixPath, str],
) -> list[FileRow]:
    """Return one row per FCS file; whose it is only where its name holds one known id.

    Parameters
    ----------
    files : sequence of FoundFcs
    panels : mapping from path to the name of the panel
    participants, samples : iterable of str
        Ids that tables of the study name.
    labels : mapping from path to the file with a label per event
    """
    rows: list[FileRow] = []
    for one in files:
        row = {"raw_file": str(one.path)}
        row["participant_id"] = _id_in(one.path.stem, participants)
        row["sample_id"] = _id_in(one.path.stem, samples)
        row |= dict.fromkeys(_TO_FILL_IN, "")
        row["panel"] = panels[one.path]
        if labels:
            row["labels"] = labels.get(one.path, "")
        rows.append(row)
    return rows


def _id_in(name: str, ids: Iterable[str]) -> str:
    """Return the one id that stands in a name as a word of its own, empty where none or several."""
    found = {
        one
        for one in ids
        if one and re.search(rf"(?<![A-Za-z0-9]){re.escape(one)}(?![A-Za-z0-9])", name)
    }
    # Of V1 and V1-baseline the longer one is meant.
    longest = [one for one in found if not any(one != other and one in other for other in found)]
    return longest[0] if len(longest) == 1 else ""


def table_text(rows: Sequence[FileRow]) -> str:
    """Return rows as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
