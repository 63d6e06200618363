"""The FCS files of a folder as drafting finds them, and what lies beside them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from macroimmune.errors import FormatError
from macroimmune.formats import FcsHead, read_fcs_head
from macroimmune.results import Finding
from macroimmune.study.drafting.sources import TABLE_SUFFIXES, FoundTable, find_tables

__all__ = ["FcsFolder", "FoundFcs", "find_fcs"]

_MOST_FILES = 20_000
_GATES = (".wsp", ".gatingml")
# A list of files is small; larger tables beside them hold cells.
_MOST_BYTES = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class FoundFcs:
    """One FCS file.

    Parameters
    ----------
    path : PurePosixPath
        From the study's folder.
    head : FcsHead
    """

    path: PurePosixPath
    head: FcsHead


@dataclass(frozen=True, slots=True, eq=False)
class FcsFolder:
    """The FCS files of a folder and of those in it.

    Parameters
    ----------
    files : tuple of FoundFcs
        By name; hidden folders are passed over.
    tables : tuple of FoundTable
        Small tables in the folders below in which they lie, or which lead there.
    gates : tuple of PurePosixPath
        FlowJo workspaces and GatingML files in these folders.
    findings : tuple of Finding
        A warning for each FCS file that cannot be read.
    """

    files: tuple[FoundFcs, ...] = ()
    tables: tuple[FoundTable, ...] = ()
    gates: tuple[PurePosixPath, ...] = ()
    findings: tuple[Finding, ...] = ()


def find_fcs(place: Path) -> FcsFolder:
    """Return the FCS files below a folder and what lies beside them.

    Parameters
    ----------
    place : Path
        The study's folder.
    """
    files: list[FoundFcs] = []
    findings: list[Finding] = []
    for path in _below(place):
        try:
            name = PurePosixPath(path.relative_to(place).as_posix())
            files.append(FoundFcs(name, read_fcs_head(path)))
        except FormatError as error:
            advice = "Remove or correct this file."
            found = Finding(
                "warning", "left-out", path.name, None, "", str(error), "an FCS file", advice
            )
            findings.append(found)
    folders = _folders(files)
    return FcsFolder(
        files=tuple(files),
        tables=tuple(_tables(place, [one for one in folders if one.parts])),
        gates=tuple(_gates(place, folders)) if files else (),
        findings=tuple(findings),
    )


def _below(place: Path) -> Iterator[Path]:
    found = (
        path
        for path in sorted(place.rglob("*"))
        if path.suffix.lower() == ".fcs"
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(place).parts)
    )
    for _, path in zip(range(_MOST_FILES), found, strict=False):
        yield path


def _folders(files: Iterable[FoundFcs]) -> list[PurePosixPath]:
    """Return the folders of the files and those that lead there, the study's own first."""
    return sorted({folder for one in files for folder in one.path.parents})


def _tables(place: Path, folders: Iterable[PurePosixPath]) -> Iterator[FoundTable]:
    for folder in folders:
        paths = [
            path
            for path in sorted((place / folder).iterdir())
            if path.suffix.lower() in TABLE_SUFFIXES
            and path.is_file()
            and path.stat().st_size <= _MOST_BYTES
        ]
        for table in find_tables(paths)[0] if paths else ():
            yield replace(table, file=str(folder / table.raw.file))


def _gates(place: Path, folders: Iterable[PurePosixPath]) -> Iterator[PurePosixPath]:
    for folder in folders:
        for path in sorted((place / folder).iterdir()):
            suffix = path.suffix.lower()
            if path.is_file() and (
                suffix in _GATES or (suffix == ".xml" and _names_gating_ml(path))
            ):
                yield folder / path.name


def _names_gating_ml(path: Path) -> bool:
    with path.open("rb") as stream:
        return b"Gating-ML" in stream.read(4096)
