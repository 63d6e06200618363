"""Several repertoire files of one sample that nothing tells apart."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from macroimmune.results import Finding
from macroimmune.study.checks.check import at_row
from macroimmune.study.raw_files.opened import RawFile, repertoire_format
from macroimmune.study.raw_files.raw_file_check import OpenedFiles, RawFileCheck

__all__ = ["SEVERAL_LIBRARIES"]

_SAME = ("sample_id", "population", "counted", "library", "chain")


def _look(opened: OpenedFiles) -> Iterator[Finding]:
    alike: dict[tuple[object, ...], dict[object, RawFile]] = defaultdict(dict)
    for one in opened.by_table.get("repertoires", ()):
        key = tuple(one.row[name] for name in _SAME)
        alike[key].setdefault(one.row["raw_file"], one)
    for some in alike.values():
        if len(some) > 1:
            yield from _told(list(some.values()))


def _told(some: Sequence[RawFile]) -> Iterator[Finding]:
    first = repertoire_format(some[0].row)
    others = [one for one in some if repertoire_format(one.row) != first]
    lanes = [one for one in some if repertoire_format(one.row) == first]
    if others:
        yield at_row(
            others[0].row,
            severity="warning",
            code="library-in-several-formats",
            column="format",
            found=f"sample {others[0].row['sample_id']} as {first}, and {_names(others)} beside",
            expected="each library once",
            advice="The others are left out, as copies. Another library? Write library = ...",
        )
    if len(lanes) > 1:
        yield at_row(
            lanes[-1].row,
            severity="warning",
            code="library-not-named",
            column="library",
            found=f"{len(lanes)} files of sample {lanes[-1].row['sample_id']}: {_names(lanes)}",
            expected="another sample_id for another sample, or the name of each library",
            advice="Their counts are added, as of lanes of one library. Is the name of a sample "
            "used twice? Replicates need library = ..., or their variance is not seen.",
        )


def _names(some: Sequence[RawFile]) -> str:
    return ", ".join(str(one.row["raw_file"]) for one in some)[:160]


SEVERAL_LIBRARIES = RawFileCheck(
    ("library-not-named", "library-in-several-formats"),
    "repertoire files of one sample that nothing tells apart",
    _look,
)
