"""How many raw files a study lists, of how many people."""

from collections.abc import Iterable, Iterator

from macroimmune.formats import FcsHead
from macroimmune.results import Finding
from macroimmune.schema import TABLES
from macroimmune.study.raw_files.raw_file_check import CYTOMETRY, OpenedFiles, RawFileCheck

__all__ = ["LISTING"]


def _listing(opened: OpenedFiles) -> Iterator[Finding]:
    """Note how many files there are, of how many participants, and what reads them."""
    for name, some in opened.by_table.items():
        paths = {one.row["raw_file"] for one in some}
        whose = "participant_id" if TABLES[name].has_participants else "control"
        people = {one.row[whose] for one in some}
        read = {one.row["raw_file"]: one.head for one in some if one.head is not None}
        # A table with a row per gene has no head of its own.
        plain = {one.row["raw_file"] for one in some if one.row.get("format") == "table"}
        yield Finding(
            "note",
            "raw-files-listed",
            str(some[0].row["source_file"] or ""),
            None,
            "",
            f"{name}: {len(paths)} files of {len(people)} {whose.removesuffix('_id')}s"
            f"{_content(read.values())}{_closed(len(paths - read.keys() - plain))}",
            "the raw files of the study",
            _reader(name),
        )


def _reader(table: str) -> str:
    if table in CYTOMETRY:
        return "Their heads were looked at; macroimmune gates and run find their populations."
    if table == "expression":
        return "Their heads were looked at; macroimmune responses scores their cells."
    if table == "repertoires":
        return "Their heads were looked at; macroimmune repertoires or run measures their clones."
    if table == "chromatin":
        return "macroimmune responses reads gene activity at interferon-stimulated genes."
    return "Their heads were looked at; no analysis reads them yet."


def _content(heads: Iterable[object]) -> str:
    events = sum(head.n_events for head in heads if isinstance(head, FcsHead))
    return f", {events:,} events" if events else ""


def _closed(count: int) -> str:
    return f"; {count} of them could not be opened, or are of a format that is not" * bool(count)


LISTING = RawFileCheck(("raw-files-listed",), "how many raw files there are", _listing)
