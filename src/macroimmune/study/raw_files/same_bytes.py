"""One file under two names: the same bytes of two wells."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from macroimmune.formats import FcsHead
from macroimmune.results import Finding
from macroimmune.study.checks.check import at_row
from macroimmune.study.raw_files.opened import RawFile
from macroimmune.study.raw_files.raw_file_check import OpenedFiles, RawFileCheck

__all__ = ["SAME_BYTES"]

_COMPARED = 2**20


def _look(opened: OpenedFiles) -> Iterator[Finding]:
    by_size: dict[int, dict[str, RawFile]] = defaultdict(dict)
    for _, one in opened.all_files():
        path = opened.folder / str(one.row["raw_file"])
        # A file that cannot be read, or holds nothing, is told of elsewhere.
        is_empty = isinstance(one.head, FcsHead) and not one.head.n_events
        if not one.trouble and not is_empty and path.is_file():
            by_size[path.stat().st_size].setdefault(str(one.row["raw_file"]), one)
    for size, some in by_size.items():
        if size and len(some) > 1:
            yield from _alike(opened.folder, list(some.values()))


def _alike(folder: Path, some: list[RawFile]) -> Iterator[Finding]:
    first: dict[bytes, RawFile] = {}
    for one in some:
        try:
            digest = _digest(folder / str(one.row["raw_file"]))
        except OSError:
            # It was there when it was listed; what cannot be read cannot be compared.
            continue
        before = first.setdefault(digest, one)
        if before is not one:
            is_other = _whose(one) != _whose(before)
            yield at_row(
                one.row,
                severity="error" if is_other else "warning",
                code="raw-file-copied",
                column="raw_file",
                found=f"{one.row['raw_file']} of {_whose(one)} holds the same bytes as "
                f"{before.row['raw_file']} of {_whose(before)}",
                expected="another file for another well",
                advice="One is a copy: put the right file in its place, or delete the row.",
            )


def _whose(one: RawFile) -> str:
    kind = "sample" if "sample_id" in one.row else "control"
    return f"{kind} {one.row.get('sample_id') or one.row.get('control')}"


def _digest(path: Path) -> bytes:
    """Return the SHA-256 of the first and the last megabyte."""
    with path.open("rb") as stream:
        found = hashlib.sha256(stream.read(_COMPARED))
        stream.seek(max(stream.seek(0, 2) - _COMPARED, 0))
        found.update(stream.read(_COMPARED))
    return found.digest()


SAME_BYTES = RawFileCheck(
    ("raw-file-copied",), "raw files that are copies of each other under two names", _look
)
