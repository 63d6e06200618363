"""Writing a virtual study into a folder: tables whole or not at all, raw files resumable."""

import shutil
import tempfile
from collections.abc import Callable, Iterable
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path

from macroimmune.errors import InputError
from macroimmune.results.leftovers import remove_leftovers, writing_prefix
from macroimmune.simulator.file_tasks import UNFINISHED, write_files
from macroimmune.simulator.plan import StudyPlan, plan_text
from macroimmune.simulator.truth_readme import truth_readme
from macroimmune.simulator.virtual_study import VirtualStudy, draw_virtual_study

__all__ = ["PLAN_FILE", "STUDY_FILE", "TRUTH_FOLDER", "write_virtual_study"]

PLAN_FILE, STUDY_FILE, TRUTH_FOLDER = "plan.toml", "study.toml", "truth"


def write_virtual_study(
    folder: Path,
    plan: StudyPlan,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the virtual study of a plan and return the path of its `study.toml`.

    Parameters
    ----------
    folder : Path
        Made if absent. It may hold this very study, finished or not: what is missing is added.
    plan : StudyPlan
    workers : int
        Processes that write raw files; the bytes are the same for any number.
    progress : callable or None
        Called as `progress(done, all)` after each raw file.

    Returns
    -------
    path : Path
        Beside it stand the tables, the raw files, `plan.toml`, which makes the same study again,
        and `truth/`, which no analysis reads.

    Raises
    ------
    InputError
        If the plan cannot be, or the folder holds other files or the study of another plan.

    Notes
    -----
    Convention: tables appear all at once. `study.toml` comes last, when all raw files are there:
    a folder without it is not finished.
    """
    study = draw_virtual_study(plan)
    folder = folder.resolve()
    stated = _stated(study.plan)
    _refuse(folder, study, stated)
    if (folder / PLAN_FILE).is_file():
        _write_missing(folder, study, stated)
    else:
        _write_tables(folder, study, stated)
    write_files(folder, study.files.tasks, workers=workers, progress=progress)
    path = folder / STUDY_FILE
    if not path.is_file():
        _write_whole(path, _settings(study).encode())
    return path


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file that appears under its name only when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(UNFINISHED + path.name)
    part.write_bytes(data)
    part.replace(path)


def _stated(plan: StudyPlan) -> bytes:
    made = f"# macroimmune {version('macroimmune')}: simulate study FOLDER --plan {PLAN_FILE}\n"
    return (made + plan_text(plan)).encode()


def _settings(study: VirtualStudy) -> str:
    plan = study.plan
    return f"# Virtual study: {plan.patients} patients, seed {plan.seed}.\n{study.files.settings}"


def _refuse(folder: Path, study: VirtualStudy, stated: bytes) -> None:
    """Refuse a place that this study cannot be written to.

    Raises
    ------
    InputError
        For a file, a folder with other files, or with the study of another plan.
    """
    for place in (folder, *folder.parents):
        if place.is_file():
            msg = f"{place}: a file; a virtual study needs a folder"
            raise InputError(msg)
    if not folder.is_dir():
        return
    there = folder / PLAN_FILE
    if there.is_file() and there.read_bytes() != stated:
        differs = _first_difference(there.read_bytes(), stated)
        msg = (
            f"{folder}: holds the study of another plan or version ({differs}); choose another "
            "folder"
        )
        raise InputError(msg)
    ours = {PLAN_FILE, STUDY_FILE, TRUTH_FOLDER, *study.files.tables}
    ours |= {path.split("/")[0] for task in study.files.tasks for path in task.paths}
    names = (path.name for path in folder.iterdir())
    foreign = sorted(name for name in names if name.removeprefix(UNFINISHED) not in ours)
    if foreign or (any(folder.iterdir()) and not there.is_file()):
        what = f"{foreign[0]}, which is no part of it" if foreign else f"files without {PLAN_FILE}"
        msg = f"{folder}: holds {what}; choose another folder for the virtual study"
        raise InputError(msg)


def _first_difference(there: bytes, stated: bytes) -> str:
    """Return the first setting in which two plans differ, as it stands there and as asked for."""
    lines = (text.decode(errors="replace").splitlines() for text in (there, stated))
    for old, new in zip_longest(*lines, fillvalue=""):
        if old != new:
            found, asked = (_setting_of(line) or "nothing more" for line in (old, new))
            return f"there {found}, now {asked}"
    return "line endings"


def _setting_of(line: str) -> str:
    """Return a line of a plan without the meaning that stands behind it, at most 60 letters."""
    return line.partition("  # ")[0].strip()[:60]


def _write_tables(folder: Path, study: VirtualStudy, stated: bytes) -> None:
    """Write plan, tables and truth beside the folder, and put all in its place by one rename."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        made = Path(tempfile.mkdtemp(prefix=writing_prefix(folder), dir=folder.parent))
    except OSError as error:
        # The error names a folder of ours that nobody asked for.
        raise type(error)(error.errno, error.strerror, str(folder.parent)) from error
    try:
        for name, data in _small_files(study, stated):
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        made.chmod(0o755)
        if folder.is_dir():
            folder.rmdir()
        made.rename(folder)
        remove_leftovers(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _write_missing(folder: Path, study: VirtualStudy, stated: bytes) -> None:
    """Write what somebody has taken out of a study since it was written."""
    for name, data in _small_files(study, stated):
        if not (folder / name).is_file():
            _write_whole(folder / name, data)


def _small_files(study: VirtualStudy, stated: bytes) -> Iterable[tuple[str, bytes]]:
    yield PLAN_FILE, stated
    for name, table in study.files.tables.items():
        yield name, table.to_bytes()
    for name, frame in study.truth.items():
        yield f"{TRUTH_FOLDER}/{name}", frame.write_csv().encode()
    yield f"{TRUTH_FOLDER}/README.txt", truth_readme(study).encode()
