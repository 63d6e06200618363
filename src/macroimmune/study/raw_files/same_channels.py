"""FCS files of one panel whose channels disagree."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from macroimmune.formats import FcsHead
from macroimmune.results import Finding
from macroimmune.study.checks.check import at_row
from macroimmune.study.panels import channel_from_label
from macroimmune.study.raw_files.opened import RawFile
from macroimmune.study.raw_files.raw_file_check import OpenedFiles, RawFileCheck

__all__ = ["SAME_CHANNELS"]


def _look(opened: OpenedFiles) -> Iterator[Finding]:
    """Yield files whose channels are not those that most files of their panel have."""
    panels: dict[object, list[tuple[RawFile, FcsHead]]] = defaultdict(list)
    for one, head in opened.fcs_files():
        panels[one.row["panel"]].append((one, head))
    for panel, some in panels.items():
        of_files = [_channels(head) for _, head in some]
        counts = Counter(of_files)
        usual, _ = max(counts.items(), key=lambda item: (item[1], sorted(item[0])))
        for (one, _), channels in zip(some, of_files, strict=True):
            if channels != usual:
                yield at_row(
                    one.row,
                    severity="warning",
                    code="panel-channels-differ",
                    column="panel",
                    found=f"{one.row['raw_file']}{_difference(channels, usual)}",
                    expected=f"the channels of the other files of panel {panel or '(not named)'}",
                    advice="Another panel? Name it in column panel. Another label? Correct it.",
                )


def _channels(head: FcsHead) -> frozenset[str]:
    """Return detector and antigen of each channel; order and spelling of labels do not matter."""
    pairs = zip(head.names, head.antigens, strict=True)
    channels = [channel_from_label(name, label) for name, label in pairs]
    return frozenset(
        f"{one.channel} ({one.antigen})" if one.antigen else one.channel for one in channels
    )


def _difference(channels: frozenset[str], usual: frozenset[str]) -> str:
    parts = [
        f" {word} {', '.join(sorted(some)[:6])}{' ...' * (len(some) > 6)}"
        for word, some in (("lacks", usual - channels), ("has", channels - usual))
        if some
    ]
    return " and".join(parts)


SAME_CHANNELS = RawFileCheck(
    ("panel-channels-differ",), "FCS files of one panel whose channels disagree", _look
)
