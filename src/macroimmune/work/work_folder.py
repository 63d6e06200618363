"""Work on many files that can be killed and gone on with: one finished folder per task."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from macroimmune.errors import InputError

__all__ = ["WorkTask", "file_state", "run_tasks", "task_key"]

Progress = Callable[[int, int], None]
_PATIENCE = "5s"


@dataclass(frozen=True, slots=True)
class WorkTask:
    """One piece of work that leaves one folder.

    Parameters
    ----------
    key : str
        Name of its folder: the same for the same work, another as soon as input, settings or
        version differ; see `task_key`.
    work : callable
        A function at the top of a module, called as `work(arguments, folder)`; it writes into the
        folder, which is empty.
    arguments : object
        Small and picklable.
    """

    key: str
    work: Callable[[Any, Path], None]
    arguments: Any


def task_key(name: str, file: Path, settings: Mapping[str, object]) -> str:
    """Return the key of a task on one file.

    Parameters
    ----------
    name : str
        What is done.
    file : Path
        Known by its path, size and time of change.
    settings : mapping
        All else that the result depends on; as JSON.
    """
    told = json.dumps(
        [version("macroimmune"), name, str(file), file_state(file), settings],
        sort_keys=True,
        default=str,
    )
    return f"{name}-{hashlib.sha256(told.encode()).hexdigest()[:20]}"


def file_state(file: Path) -> tuple[int, int] | None:
    """Return size and time of change of a file, None where it cannot be seen."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def run_tasks(
    tasks: Sequence[WorkTask],
    folder: Path,
    *,
    workers: int = 1,
    scheduler: str = "",
    progress: Progress | None = None,
) -> None:
    """Do every task that is not done yet; each leaves `folder / key`, whole or not at all.

    Parameters
    ----------
    tasks : sequence of WorkTask
        In any order; none needs what another one writes.
    folder : Path
        Of the work; with a cluster, one that all its machines see under this name.
    workers : int
        Processes of this machine; 1: this one.
    scheduler : str
        Address of a Dask scheduler; empty: this machine.
    progress : callable or None
        Called with (done, total).

    Raises
    ------
    InputError
        If no Dask scheduler answers at the address.
    """
    folder.mkdir(parents=True, exist_ok=True)
    todo = [task for task in tasks if not (folder / task.key).is_dir()]
    say = progress or (lambda done, total: None)
    done = len(tasks) - len(todo)
    say(done, len(tasks))
    if scheduler:
        _on_cluster(todo, folder, scheduler, lambda more: say(done + more, len(tasks)))
    elif workers > 1 and len(todo) > 1:
        _on_processes(todo, folder, workers, lambda more: say(done + more, len(tasks)))
    else:
        for number, task in enumerate(todo, start=1):
            _one(task, folder)
            say(done + number, len(tasks))


def _one(task: WorkTask, folder: Path) -> str:
    part = folder / f"unfinished-{os.getpid()}-{task.key}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    task.work(task.arguments, part)
    final = folder / task.key
    if not final.is_dir():
        part.rename(final)
    return task.key


def _on_processes(
    todo: Sequence[WorkTask], folder: Path, workers: int, say: Callable[[int], None]
) -> None:
    from dask import compute, delayed
    from dask.callbacks import Callback

    count = 0

    def finished(*_: object) -> None:
        nonlocal count
        count += 1
        say(min(count, len(todo)))

    jobs = [delayed(_one, pure=False)(task, folder) for task in todo]
    with Callback(posttask=finished):
        compute(*jobs, scheduler="processes", num_workers=workers, chunksize=1)


def _on_cluster(
    todo: Sequence[WorkTask], folder: Path, scheduler: str, say: Callable[[int], None]
) -> None:
    from distributed import as_completed

    with _client(scheduler) as client:
        futures = [client.submit(_one, task, folder.resolve(), pure=False) for task in todo]
        for number, future in enumerate(as_completed(futures), start=1):
            future.result()
            say(number)


def _client(scheduler: str) -> Any:
    """Return a connection to a Dask scheduler.

    Raises
    ------
    InputError
        If there is none, or the package that speaks with it is not installed.
    """
    try:
        from distributed import Client
    except ImportError as error:
        msg = "--scheduler needs the package distributed; install it: pip install distributed"
        raise InputError(msg) from error
    try:
        return Client(scheduler, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        msg = (
            f"{scheduler}: no Dask scheduler answers; expected an address such as "
            "tcp://host:8786; start one with: dask scheduler, or leave out --scheduler"
        )
        raise InputError(msg) from error
