"""Several files of one sample: libraries put together, and one library in two formats."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from macroimmune.repertoires.reading.listed_files import ListedFile
from macroimmune.results import Finding

__all__ = ["files_to_read"]


def files_to_read(
    files: Sequence[ListedFile],
) -> tuple[tuple[ListedFile, ...], tuple[Finding, ...]]:
    """Return the files that are read, and what to know of samples with several.

    Parameters
    ----------
    files : sequence of ListedFile

    Returns
    -------
    kept : tuple of ListedFile
        Each file once.
    findings : tuple of Finding

    Notes
    -----
    Convention: files of one sample, population, library and what is counted are added up, as
    those of lanes are; where they are of several formats they are taken for copies of one
    export, and those of the first format listed are read.
    """
    alike: dict[tuple[str, ...], list[ListedFile]] = defaultdict(list)
    for one in files:
        library = one.library
        key = (library.sample_id, library.population, library.counted, library.library, one.chain)
        if all(library.file != other.library.file for other in alike[key]):
            alike[key].append(one)
    kept: list[ListedFile] = []
    findings: list[Finding] = []
    for some in alike.values():
        first = [one for one in some if one.layout == some[0].layout]
        kept += first
        findings += [*_other_formats(some), *_without_names(first)]
    return tuple(kept), tuple(findings)


def _other_formats(some: Sequence[ListedFile]) -> Iterator[Finding]:
    others = [one for one in some if one.layout != some[0].layout]
    if others:
        names = ", ".join(one.library.file for one in others)
        yield Finding(
            "warning",
            "library-in-several-formats",
            others[0].source_file,
            others[0].source_row,
            "format",
            f"sample {others[0].library.sample_id} as {some[0].layout} and {names[:160]} beside",
            "each library once",
            "The others were left out, as copies. Another library? Write library = ...",
        )


def _without_names(some: Sequence[ListedFile]) -> Iterator[Finding]:
    if len(some) > 1:
        last, names = some[-1], ", ".join(one.library.file for one in some)
        yield Finding(
            "warning",
            "library-not-named",
            last.source_file,
            last.source_row,
            "library",
            f"{len(some)} files of sample {last.library.sample_id}: {names[:160]}",
            "another sample_id for another sample, or the name of each library",
            "Their counts were added, as of lanes of one library. Is the name of a sample used "
            "twice? Replicates need library = ..., or their variance is not seen.",
        )
