"""A results folder: written whole or not at all, read back as declared."""

import ctypes
import errno
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from macroimmune.errors import ResultsError
from macroimmune.results.conform import conform, empty
from macroimmune.results.contract import RESULT_TABLES
from macroimmune.results.leftovers import remove_leftovers, writing_prefix
from macroimmune.results.records import RunRecord

__all__ = ["ResultsFolder", "open_results", "save_run", "save_table", "writing_results"]

RUN_FILE = "run.json"
# What a run writes beside the tables, and what file managers leave in every folder.
_PAGES = {
    *(RUN_FILE, "study.toml", "scenario.toml"),
    *("report.html", "claims.html", "results.json", "tables.xlsx"),
}
_BY_SYSTEM = {".DS_Store", "Thumbs.db", "desktop.ini"}
_LISTED = 5
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@dataclass(frozen=True, slots=True)
class ResultsFolder:
    """A results folder that exists, and its run record."""

    path: Path
    run: dict[str, Any]

    def table(self, name: str) -> pl.DataFrame:
        """Return a declared table, without rows where the run did not write it.

        Raises
        ------
        ResultsError
            If the file is there but cannot be read as declared.
        """
        declared = RESULT_TABLES[name]
        path = self.path / declared.file
        if not path.exists():
            return empty(name)
        try:
            if path.suffix == ".parquet":
                frame = pl.read_parquet(path)
            else:
                frame = pl.read_csv(path, schema_overrides=declared.schema)
        except (pl.exceptions.PolarsError, OSError) as error:
            msg = f"{path}: cannot be read as table {name} ({error}); run the study again"
            raise ResultsError(msg) from error
        return conform(name, frame)


def save_table(folder: Path, name: str, frame: pl.DataFrame) -> None:
    """Write a declared table into `folder` under its declared file name."""
    path = folder / RESULT_TABLES[name].file
    checked = conform(name, frame)
    if path.suffix == ".parquet":
        checked.write_parquet(path, compression="zstd")
    else:
        checked.write_csv(path)


def save_run(folder: Path, run: RunRecord) -> None:
    """Write the run record into `folder`; it is what makes a folder a results folder."""
    text = json.dumps(run.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / RUN_FILE).write_text(text + "\n", encoding="utf-8")


def open_results(path: Path) -> ResultsFolder:
    """Return the results folder at `path`.

    Raises
    ------
    ResultsError
        If there is no folder, or no readable `run.json` in it.
    """
    record = path / RUN_FILE
    if not record.is_file():
        msg = f"{path}: no results here ({RUN_FILE} is missing); make them with: macroimmune run"
        raise ResultsError(msg)
    try:
        run = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{record}: cannot be read ({error}); run the study again"
        raise ResultsError(msg) from error
    if not isinstance(run, dict) or "version" not in run:
        msg = f"{record}: not a run record; run the study again"
        raise ResultsError(msg)
    return ResultsFolder(path=path, run=run)


@contextmanager
def writing_results(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target` that takes its place when all is written.

    Parameters
    ----------
    target : Path
        Where the results shall stand. What stands there must be an empty folder or an earlier
        results folder without files of the user's; anything else is never replaced.

    Yields
    ------
    folder : Path
        Write here. On an error it is removed and `target` stays as it was.

    Raises
    ------
    ResultsError
        If `target` is a file, or a folder that holds something other than results.

    Notes
    -----
    Convention: the exchange is one rename, so a reader, or a kill at any moment, finds the old
    results whole or the new ones whole. What a killed run left beside `target` is removed by the
    next run that succeeds.
    """
    target = target.resolve()
    _refuse_foreign(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=writing_prefix(target), dir=target.parent))
    try:
        yield folder
        folder.chmod(0o755)
        _exchange(folder, target)
        remove_leftovers(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _refuse_foreign(target: Path) -> None:
    if target.is_file():
        msg = f"{target}: a file; results need a folder: choose another --out"
        raise ResultsError(msg)
    if not target.is_dir() or not any(target.iterdir()):
        return
    if not (target / RUN_FILE).is_file():
        msg = f"{target}: holds files that are not results; choose another --out"
        raise ResultsError(msg)
    own = _PAGES | _BY_SYSTEM | {table.file for table in RESULT_TABLES.values()}
    foreign = sorted({path.name for path in target.iterdir()} - own)
    if foreign:
        more = f" and {len(foreign) - _LISTED} more" if len(foreign) > _LISTED else ""
        msg = (
            f"{target}: also holds {', '.join(foreign[:_LISTED])}{more}, which no run writes and "
            "a new run would delete; move them away, or choose another --out"
        )
        raise ResultsError(msg)


def _exchange(folder: Path, target: Path) -> None:
    """Put `folder` at `target`; afterwards `folder` is what stood there, if anything did."""
    if not target.exists():
        folder.rename(target)
        return
    if sys.platform == "linux" and _renameat2(folder, target):
        return
    # No atomic exchange on this system: the old results wait beside under a name that says so.
    backup = target.with_name(f".{target.name}.previous")
    shutil.rmtree(backup, ignore_errors=True)
    target.rename(backup)
    folder.rename(target)
    shutil.rmtree(backup, ignore_errors=True)


def _renameat2(folder: Path, target: Path) -> bool:
    """Exchange two paths in one system call; False where kernel or file system cannot.

    Raises
    ------
    OSError
        If the exchange fails for another reason, such as permissions.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    done = libc.renameat2(
        _AT_FDCWD, os.fsencode(folder), _AT_FDCWD, os.fsencode(target), _RENAME_EXCHANGE
    )
    if done == 0:
        return True
    code = ctypes.get_errno()
    if code in {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}:
        return False
    raise OSError(code, os.strerror(code), str(target))
