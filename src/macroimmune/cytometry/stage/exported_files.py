"""Files that a study's FCS files are exported to: with labels, and our gates beside them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import Events
from macroimmune.cytometry.export import export_labelled
from macroimmune.cytometry.gated import FileThresholds
from macroimmune.cytometry.gatingml_writing import write_gatingml
from macroimmune.cytometry.opening import shares_of_spillover
from macroimmune.errors import InputError
from macroimmune.evidence import Hierarchy
from macroimmune.formats import Spillover, read_fcs_head

__all__ = ["export_paths", "export_populations", "refuse_loss"]

_ENDINGS = (".fcs", ".key.csv", ".gates.xml", ".remarks.txt")


def export_paths(folder: Path, raw_files: Sequence[str]) -> Mapping[str, Path]:
    """Return where each file is exported to, by its name in the study.

    Parameters
    ----------
    folder : Path
    raw_files : sequence of str

    Notes
    -----
    Convention: by the name of the file; where two of different folders have one name, the folders
    are part of it.

    Examples
    --------
    >>> paths = export_paths(Path("out"), ["fcs/a.fcs", "fcs/b.fcs"])
    >>> [path.as_posix() for path in paths.values()]
    ['out/a.labelled.fcs', 'out/b.labelled.fcs']
    """
    stems = [Path(name).stem.casefold() for name in raw_files]
    return {
        name: folder / f"{_stem(name, is_alone=stems.count(stem) == 1)}.labelled.fcs"
        for name, stem in zip(raw_files, stems, strict=True)
    }


def _stem(raw_file: str, *, is_alone: bool) -> str:
    path = Path(raw_file)
    if is_alone:
        return path.stem
    told = hashlib.sha256(raw_file.encode()).hexdigest()[:6]
    return f"{path.parent.name}_{path.stem}_{told}"


def refuse_loss(paths: Mapping[str, Path], work: Path) -> None:
    """Refuse to export where something is that this run did not begin.

    Parameters
    ----------
    paths : mapping from raw_file to Path
        From `export_paths`.
    work : Path
        Of the run; remembers what was begun, so that a killed run goes on.

    Raises
    ------
    InputError
        If a file is there.
    """
    if not paths:
        return
    told = hashlib.sha256("|".join(map(str, paths.values())).encode()).hexdigest()[:20]
    begun = work / f"export-{told}"
    if begun.exists():
        return
    for path in paths.values():
        for ending in _ENDINGS:
            if (there := path.with_name(path.stem + ending)).exists():
                msg = f"{there}: is there already; expected a folder without it; choose another"
                raise InputError(msg)
    for folder in {path.parent for path in paths.values()}:
        folder.mkdir(parents=True, exist_ok=True)
    work.mkdir(parents=True, exist_ok=True)
    begun.touch()


def export_populations(
    fcs_path: Path,
    out_path: Path,
    members: Mapping[str, NDArray[np.bool_]],
    kinds: NDArray[np.uint8],
    events: Events,
    hierarchy: Hierarchy,
    thresholds: FileThresholds,
    *,
    is_aligned: bool,
) -> None:
    """Write the events with their labels, our gates for them, and what could not be written.

    Parameters
    ----------
    fcs_path : Path
        The file that was gated; it is only read.
    out_path : Path
        `<name>.labelled.fcs`; an earlier export is replaced.
    members : mapping from population to bool array, shape (events,)
    kinds : uint8 array, shape (events,)
    events : Events
        As they were gated.
    hierarchy : Hierarchy
    thresholds : FileThresholds
        As they were used.
    is_aligned : bool
        Whether channels were shifted to those of other batches: gates on stored values would
        then count other cells, and are not written.
    """
    made = export_labelled(fcs_path, out_path, members, kinds, is_replacing=True)
    remarks = list(made.remarks)
    spillover = _applied_spillover(fcs_path) if events.is_compensated else None
    channels = {one.channel for one in events.panel.channels}
    if is_aligned:
        remarks.append(
            "no gates: channels were aligned between batches, the file holds stored ones"
        )
    elif spillover is not None and not channels.issuperset(spillover.names):
        remarks.append("no gates: the spillover matrix names channels otherwise than the file does")
    else:
        gates = write_gatingml(
            out_path.with_name(f"{out_path.stem}.gates.xml"),
            events,
            hierarchy,
            thresholds,
            spillover=spillover,
            kind_channel=made.channels[-1],
        )
        remarks += [f"no gate of {name}: {why}" for name, why in gates.left_out.items()]
    if remarks:
        text = "".join(f"{one}\n" for one in remarks)
        out_path.with_name(f"{out_path.stem}.remarks.txt").write_text(text, encoding="utf-8")


def _applied_spillover(fcs_path: Path) -> Spillover | None:
    """Return the spillover matrix of a file, as shares."""
    spillover = read_fcs_head(fcs_path).spillover
    if spillover is None:
        return None
    return replace(spillover, matrix=shares_of_spillover(spillover.matrix)[0])
