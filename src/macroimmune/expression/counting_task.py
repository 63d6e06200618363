"""One file is counted as a task that can be gone on with, in a process of its own."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from macroimmune.errors import MacroimmuneError
from macroimmune.evidence import gene_sets
from macroimmune.expression.counted_file import CountedFile, count_file
from macroimmune.expression.listed_rows import ListedRow
from macroimmune.formats.tenx_matrix import TENX_FILES
from macroimmune.work import (
    DONE,
    STEP,
    WorkTask,
    file_state,
    load_record,
    run_guarded,
    save_record,
    task_key,
)

__all__ = ["CountingTask", "counting_task", "load_counted", "main"]

_START = "from macroimmune.expression.counting_task import main; main()"
_COUNTED, _TROUBLE = "counted.npz", "trouble.txt"
_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class CountingTask:
    """A file to be counted."""

    folder: Path
    rows: tuple[ListedRow, ...]
    seconds: float = _SECONDS


def counting_task(folder: Path, rows: Sequence[ListedRow]) -> WorkTask:
    """Return the task of counting one file.

    Parameters
    ----------
    folder : Path
        Of the study.
    rows : sequence of ListedRow
        All that name the file.
    """
    path = folder / rows[0].raw_file
    settings: Mapping[str, object] = {
        "rows": [asdict(row) for row in rows],
        "sets": [(one.id, one.genes) for one in gene_sets()],
        "parts": [file_state(path / name) for name in TENX_FILES],
        "labels": file_state(folder / rows[0].labels) if rows[0].labels else None,
    }
    return WorkTask(
        task_key("expression", path, settings), _count, CountingTask(folder, tuple(rows))
    )


def _count(task: CountingTask, target: Path) -> None:
    asked = json.dumps({
        "folder": str(task.folder.absolute()),
        "rows": [asdict(row) for row in task.rows],
        "target": str(target.absolute()),
    })
    # Of all that is read here the HDF5 library alone can hang on damaged bytes.
    if task.rows[0].format == "h5ad":
        trouble = run_guarded(_START, asked, seconds=task.seconds)
    else:
        trouble = _counted(task.folder, task.rows, target, lambda: None)
    if trouble:
        (target / _TROUBLE).write_text(trouble, encoding="utf-8")


def load_counted(folder: Path) -> CountedFile | str:
    """Return what a file gave, or why it gave nothing.

    Parameters
    ----------
    folder : Path
        That the task left.

    Raises
    ------
    ResultsError
        If the folder holds neither.
    """
    trouble = folder / _TROUBLE
    if trouble.is_file():
        return trouble.read_text(encoding="utf-8")
    return load_record(folder / _COUNTED, CountedFile)


def main() -> None:
    """Count the file that is asked for on stdin, with a line on stdout for each block."""
    asked: dict[str, Any] = json.load(sys.stdin)
    rows = [ListedRow(**row) for row in asked["rows"]]
    folder, target = Path(asked["folder"]), Path(asked["target"])
    _say(_counted(folder, rows, target, lambda: _say(STEP)) or DONE)


def _counted(
    folder: Path, rows: Sequence[ListedRow], target: Path, beat: Callable[[], None]
) -> str:
    """Keep what a file gives, and return what went wrong."""
    try:
        save_record(target / _COUNTED, count_file(folder, rows, beat=beat))
    except MacroimmuneError as error:
        return " ".join(str(error).split())
    return ""


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
