"""A study from its folder: every file read once, every table mapped, every problem found."""

from pathlib import Path

import polars as pl

from macroimmune.inputs import RawTable, map_table
from macroimmune.results import Finding
from macroimmune.schema import TABLES
from macroimmune.study.assembly import assembled_study, stacked
from macroimmune.study.raw_files import placed_files
from macroimmune.study.selection import exclusions_of
from macroimmune.study.settings import Settings, SourceSettings, read_settings
from macroimmune.study.study import Study
from macroimmune.study.study_files import StudyFiles

__all__ = ["load_study", "study_from_settings"]


def load_study(path: Path) -> Study:
    """Return the study that a `study.toml` describes.

    Parameters
    ----------
    path : Path
        A folder with a `study.toml`, or a TOML file; its files lie beside it.

    Returns
    -------
    study : Study
        With all problems among its findings: one table that cannot be read is empty and does not
        stop the others.

    Raises
    ------
    StudyError
        If the `study.toml` cannot be read, or no participant can.
    """
    return study_from_settings(read_settings(Path(path)))


def study_from_settings(settings: Settings) -> Study:
    """Return the study that settings describe; see `load_study`.

    Parameters
    ----------
    settings : Settings
        Read from a file, or parsed from a draft that was never saved.

    Raises
    ------
    StudyError
        If no participant can be read.
    """
    files = StudyFiles()
    parts: dict[str, list[pl.DataFrame]] = {}
    mapping: list[Finding] = []
    for source in settings.sources:
        raw = files.table(source.path, source.file, source.sheet)
        if raw is not None:
            frame, findings = _mapped(raw, source, settings.folder)
            parts.setdefault(source.table, []).append(frame)
            mapping.extend(findings)
    # Participants and outcomes of one sheet find the same faults in it.
    mapping = list(dict.fromkeys(mapping))
    exclusions, selecting = exclusions_of(settings, files)
    return assembled_study(
        settings.name,
        stacked(parts),
        analysis=settings.analysis,
        exclusions=exclusions,
        findings=(*settings.findings, *files.findings, *mapping, *selecting),
        files=files.inputs,
        settings_text=settings.text,
        folder=settings.folder,
    )


def _mapped(
    raw: RawTable, source: SourceSettings, folder: Path
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return the rows of one source, with the place of each raw file where it lists such."""
    table = TABLES[source.table]
    frame, findings = map_table(raw, table, source.spec)
    if not table.lists_files or frame.is_empty():
        return frame, findings
    frame, outside = placed_files(
        frame,
        raw_folder=source.raw_folder,
        study_folder=folder,
        columns={
            name: source.spec.columns[name].column
            for name in table.path_columns
            if name in source.spec.columns
        },
    )
    return frame, findings + outside
