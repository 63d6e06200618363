"""Files of receptor chains in a folder, told by their headings, and what lies beside them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from macroimmune.closest import folded
from macroimmune.errors import FormatError
from macroimmune.formats import RECEPTOR_LAYOUTS
from macroimmune.formats.receptor_head import receptor_heading
from macroimmune.study.drafting.participant_columns import is_identifier_heading
from macroimmune.study.drafting.sources import FoundTable, find_tables

__all__ = ["FoundRepertoire", "RepertoireFolder", "find_repertoires", "layout_of"]

_SUFFIXES = (".tsv", ".csv", ".txt")
_MOST_FILES = 5_000
# A list of files is small; larger tables hold chains or cells.
_MOST_BYTES = 4_000_000
_ALL, _FILTERED = "all_contig_annotations", "filtered_contig_annotations"
# Of each entry one heading of a format has to be there.
_SIGNS = {
    "10x": (("barcode",), ("contigid",), ("cdr3nt", "cdr3")),
    "airr": (("vcall",), ("jcall",), ("junction", "junctionaa", "cdr3", "cdr3aa")),
    "mixcr": (
        ("nseqcdr3", "aaseqcdr3"),
        ("allvhitswithscore", "vhitswithscore", "bestvhit", "bestvgene", "allvhits", "vgene"),
    ),
    "immunoseq": (("aminoacid", "cdr3aminoacid"), ("frametype", "sequencestatus", "fuction")),
    "vdjtools": (("cdr3nt", "cdr3nucleotidesequence"), ("cdr3aa", "cdr3aminoacidsequence"), ("v",)),
}


@dataclass(frozen=True, slots=True)
class FoundRepertoire:
    """One file of receptor chains, by its path from the study's folder, and its format."""

    path: PurePosixPath
    layout: str


@dataclass(frozen=True, slots=True, eq=False)
class RepertoireFolder:
    """The files of receptor chains of a folder and of those in it.

    Parameters
    ----------
    files : tuple of FoundRepertoire
    tables : tuple of FoundTable
        Small tables in the folders below that lead to them.
    labels : tuple of PurePosixPath
        Tables by barcode beside contigs of cells.
    """

    files: tuple[FoundRepertoire, ...] = ()
    tables: tuple[FoundTable, ...] = ()
    labels: tuple[PurePosixPath, ...] = ()


def layout_of(headings: Iterable[str]) -> str:
    """Return the format that a heading is of, empty where it is of none.

    Examples
    --------
    >>> layout_of(["cloneId", "cloneCount", "nSeqCDR3", "allVHitsWithScore"])
    'mixcr'
    >>> layout_of(["Patient", "OS"])
    ''
    """
    names = {folded(heading) for heading in headings}
    fits = (name for name, signs in _SIGNS.items() if all(names & set(one) for one in signs))
    return next(fits, "")


def find_repertoires(place: Path) -> RepertoireFolder:
    """Return the files of receptor chains below a folder, of which only the heads are read.

    Parameters
    ----------
    place : Path
        The study's folder.

    Notes
    -----
    Convention: a table with a column of participants is no file of one sample. Of contigs that are
    there filtered and all, the filtered ones are taken.
    """
    found: list[FoundRepertoire] = []
    others: list[tuple[PurePosixPath, tuple[str, ...]]] = []
    for path in _below(place):
        try:
            names = receptor_heading(path, RECEPTOR_LAYOUTS["table"]).shape.names
        except FormatError:
            continue
        name = PurePosixPath(path.relative_to(place).as_posix())
        layout = "" if any(map(is_identifier_heading, names)) else layout_of(names)
        if layout:
            found.append(FoundRepertoire(name, layout))
        else:
            others.append((name, names))
    files = _filtered(found)
    folders = {one.path.parent for one in files if one.layout == "10x"}
    return RepertoireFolder(
        files,
        tuple(_tables(place, found, {name for name, _ in others})),
        tuple(
            name
            for name, names in others
            if name.parent in folders and folded(names[0]) in {"barcode", "cellid", "cell"}
        ),
    )


def _below(place: Path) -> Iterator[Path]:
    paths = (
        path
        for path in sorted(place.rglob("*"))
        if path.is_file()
        and path.with_suffix("" if path.suffix == ".gz" else path.suffix).suffix in _SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(place).parts)
    )
    for _, path in zip(range(_MOST_FILES), paths, strict=False):
        yield path


def _filtered(found: Sequence[FoundRepertoire]) -> tuple[FoundRepertoire, ...]:
    names = {str(one.path) for one in found}
    return tuple(
        one
        for one in found
        if _ALL not in str(one.path) or str(one.path).replace(_ALL, _FILTERED) not in names
    )


def _tables(
    place: Path, found: Sequence[FoundRepertoire], others: Collection[PurePosixPath]
) -> Iterator[FoundTable]:
    """Yield small tables of the folders below that lead to files, the study's own left out."""
    folders = {folder for one in found for folder in one.path.parents if folder.parts}
    for folder in sorted(folders):
        paths = [
            place / name
            for name in sorted(others)
            if name.parent == folder and (place / name).stat().st_size <= _MOST_BYTES
        ]
        for table in find_tables(paths)[0] if paths else ():
            yield replace(table, file=str(folder / table.raw.file))
