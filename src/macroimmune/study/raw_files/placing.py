"""Where the files that a table names lie: inside the study, or where its settings say."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from macroimmune.inputs.row_findings import row_findings
from macroimmune.results import Finding

__all__ = ["placed_files"]


def placed_files(
    frame: pl.DataFrame, *, raw_folder: str, study_folder: Path, columns: Mapping[str, str]
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    r"""Return the rows with the path of each file from the study's folder.

    Parameters
    ----------
    frame : polars DataFrame
        Rows of a table that lists files.
    raw_folder : str
        What the settings say of the folder of these files: relative to the study's, or absolute;
        empty: the study's own.
    study_folder : Path
    columns : mapping from our column to the user's heading
        The columns that name files, `raw_file` among them.

    Returns
    -------
    frame : polars DataFrame
        Names are relative to the study's folder, absolute where `raw_folder` is. Rows whose
        `raw_file` lies elsewhere are left out; other names that lead there become missing.
    findings : tuple of Finding
        An error for each name that leads out.

    Notes
    -----
    Convention: names are those of either kind of system, ``\`` counts as ``/``. Links are
    followed before the place is judged, so that none leads out. The file itself is not opened, and
    need not be there.
    """
    root = Path(raw_folder)
    # A table can come from a stranger; only the settings can lead out of the study's folder.
    bound = _resolved(root if root.is_absolute() else study_folder)
    findings: list[Finding] = []
    for ours, heading in columns.items():
        names = frame[ours].to_list()
        # Thousands of events files may share one workspace.
        places = {name: _path(name, root, study_folder, bound) for name in set(names) if name}
        paths = [places.get(name) for name in names]
        frame = frame.with_columns(pl.Series(ours, paths, dtype=pl.String))
        findings.extend(_outside(frame, ours, names, heading or ours))
    return frame.drop_nulls("raw_file"), tuple(findings)


def _path(name: str, root: Path, study_folder: Path, bound: Path | None) -> str | None:
    """Return the path of a file as it is kept, None where it leads out of its bounds."""
    try:
        # Before links are followed, so that the place that is judged is that of the path kept.
        path = Path(os.path.normpath(root / name.replace("\\", "/")))
        place = _resolved(study_folder / path)
    except ValueError:
        return None
    if place is None or bound is None or not place.is_relative_to(bound):
        return None
    if path.is_absolute() and not root.is_absolute():
        return os.path.relpath(place, bound)
    return str(path)


def _resolved(path: Path) -> Path | None:
    """Return the place that a path leads to, None where its links go round in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return None


def _outside(
    frame: pl.DataFrame, ours: str, names: list[str | None], heading: str
) -> Iterator[Finding]:
    left_out = "The row" if ours == "raw_file" else "The name"
    rows = frame.with_columns(pl.Series("_name", names, dtype=pl.String))
    rows = rows.filter(pl.col(ours).is_null() & pl.col("_name").is_not_null())
    for (file,), some in rows.group_by("source_file", maintain_order=True):
        yield from row_findings(
            "error",
            "file-outside-study",
            file=str(file),
            column=heading,
            rows=some["source_row"].to_list(),
            found=[repr(name[:120]) for name in some["_name"].to_list()],
            expected="a file inside the study's folder, links followed",
            advice=f"{left_out} was left out. Move the file there, or write folder = "
            '"/absolute/path" in the section.',
        )
