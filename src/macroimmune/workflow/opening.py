"""Open a study from whatever the user has: a folder, a study.toml, or one sheet."""

from dataclasses import asdict, dataclass
from pathlib import Path

from macroimmune.errors import InputError
from macroimmune.results import Finding
from macroimmune.study import (
    AnalysisSettings,
    Study,
    checked,
    draft_settings,
    load_study,
    parse_settings,
    settings_for_sheet,
    study_from_settings,
)
from macroimmune.study import study_from_frames as frames_to_study

__all__ = ["SheetOptions", "draft_study", "open_study", "study_from_frames"]

SETTINGS_FILE = "study.toml"


@dataclass(frozen=True, slots=True)
class SheetOptions:
    """What a user says about one sheet; what is left out is guessed and said.

    Parameters
    ----------
    participant : str or None
        Column with the participant's id.
    os_time, pfs_time, rfs_time : str or None
        Columns with times.
    os_event, pfs_event, rfs_event : str or None
        `COLUMN=CODE[,CODE...]`: the codes that mean that the event was seen.
    response : str or None
        `COLUMN` or `COLUMN=CODE[,CODE...]`: the codes that mean a response.
    arm : str or None
    time_unit : str or None
        day, week, month or year.
    sheet : str or None
        Name of the sheet of a workbook; the first where it is left out.
    """

    participant: str | None = None
    os_time: str | None = None
    os_event: str | None = None
    pfs_time: str | None = None
    pfs_event: str | None = None
    rfs_time: str | None = None
    rfs_event: str | None = None
    response: str | None = None
    arm: str | None = None
    time_unit: str | None = None
    sheet: str | None = None


def open_study(source: str | Path, options: SheetOptions | None = None) -> Study:
    """Return the study at `source`, read and checked.

    Parameters
    ----------
    source : str or Path
        A folder with a study.toml, a .toml file, or one table (CSV, TSV, Excel, Parquet), for
        which the settings are inferred.
    options : SheetOptions or None
        For one table: which columns are what.

    Returns
    -------
    study : Study
        With all its findings; errors among them do not raise here, but stop a run.

    Raises
    ------
    InputError
        If there is nothing at `source`, or a folder has no study.toml.
    """
    path = Path(source).expanduser()
    if not path.exists():
        msg = f"{path}: not found; give a study folder, a study.toml or one table"
        raise InputError(msg)
    if path.is_dir():
        path = path / SETTINGS_FILE
        if not path.exists():
            msg = f"{path}: not found; draft it with: macroimmune init {path.parent}"
            raise InputError(msg)
    if path.suffix == ".toml":
        return checked(load_study(path))
    draft = settings_for_sheet(path, **asdict(options or SheetOptions()))
    settings = parse_settings(draft.text, path.parent)
    return checked(study_from_settings(settings), inferred=draft.findings)


def study_from_frames(
    name: str, *, analysis: AnalysisSettings | None = None, **tables: object
) -> Study:
    """Return the study that data frames make, checked; polars and pandas frames are alike.

    Parameters
    ----------
    name : str
    analysis : AnalysisSettings or None
    tables : polars or pandas DataFrame, by name of the table
        With our column names; columns of a measured table that are not declared are read as
        measured words, one row per participant.

    Returns
    -------
    study : Study
        With all its findings.
    """
    return checked(frames_to_study(name, analysis=analysis, **tables))


def draft_study(folder: str | Path) -> tuple[Path, tuple[Finding, ...]]:
    """Write a drafted study.toml into a folder of tables, and tables of FCS files to complete.

    Returns
    -------
    path : Path
    findings : tuple of Finding
        What was guessed and should be confirmed.

    Raises
    ------
    InputError
        If the folder already has a study.toml or a table of that name, or holds no table and no
        FCS file.
    """
    place = Path(folder).expanduser()
    if not place.is_dir():
        msg = f"{place}: not a folder; give the folder that holds the tables"
        raise InputError(msg)
    path = place / SETTINGS_FILE
    if path.exists():
        msg = f"{path}: already there; edit it, or move it away to draft anew"
        raise InputError(msg)
    draft = draft_settings(place)
    for name in draft.files:
        if (place / name).exists():
            msg = f"{place / name}: already there; move it away to draft it anew"
            raise InputError(msg)
    for name, text in draft.files.items():
        (place / name).write_text(text, encoding="utf-8")
    path.write_text(draft.text, encoding="utf-8")
    return path, draft.findings
