"""Writing many files of a virtual study: in several processes, whole or not at all, resumable."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from macroimmune.errors import InputError

__all__ = ["UNFINISHED", "FileTask", "available_workers", "write_files"]

# Before the name: its ending tells writers what to write.
UNFINISHED = "unfinished-"


@dataclass(frozen=True, slots=True)
class FileTask:
    """One file, or a few that belong together, that can be written by itself.

    Parameters
    ----------
    paths : tuple of str
        Relative to the folder of the study, with forward slashes.
    write : callable
        A function at the top of a module, called as `write(arguments, targets)` with one path per
        entry of `paths`. It draws from its own `random_stream` and reads nothing that another task
        writes.
    arguments : object
        Small and picklable: what to write.
    """

    paths: tuple[str, ...]
    write: Callable[[Any, tuple[Path, ...]], None]
    arguments: Any

    def run(self, folder: Path) -> None:
        """Write the files below `folder`; each appears under its name only when all are whole."""
        finals = [folder / path for path in self.paths]
        parts = tuple(path.with_name(UNFINISHED + path.name) for path in finals)
        for path in finals:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.write(self.arguments, parts)
        for part, final in zip(parts, finals, strict=True):
            part.replace(final)

    def is_done(self, folder: Path) -> bool:
        """Tell whether all its files are there."""
        return all((folder / path).is_file() for path in self.paths)


def write_files(
    folder: Path,
    tasks: Sequence[FileTask],
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the files of all tasks that are not there yet and return how many tasks that were.

    Parameters
    ----------
    folder : Path
    tasks : sequence of FileTask
    workers : int
        Processes; 1 writes in this one. The bytes are the same for any number.
    progress : callable or None
        Called as `progress(done, all)` after each task.

    Raises
    ------
    InputError
        If `workers` is below 1, or two tasks name the same file.
    """
    if workers < 1:
        msg = f"workers is a whole number from 1 up, found {workers}"
        raise InputError(msg)
    _refuse_twice(tasks)
    left = [task for task in tasks if not task.is_done(folder)]
    done = len(tasks) - len(left)
    for _ in _finished(folder, left, workers):
        done += 1
        if progress is not None:
            progress(done, len(tasks))
    return len(left)


def _refuse_twice(tasks: Sequence[FileTask]) -> None:
    seen: set[str] = set()
    for path in (path for task in tasks for path in task.paths):
        if path in seen:
            msg = f"{path}: named by two tasks; every file is written once"
            raise InputError(msg)
        seen.add(path)


def _finished(folder: Path, tasks: Sequence[FileTask], workers: int) -> Iterable[None]:
    """Yield once per task as it ends."""
    if workers == 1 or len(tasks) < 2:
        for task in tasks:
            task.run(folder)
            yield
        return
    # Few tasks wait at a time, so that memory does not grow with their number.
    waiting = iter(tasks)
    with ProcessPoolExecutor(min(workers, len(tasks)), mp_context=get_context("spawn")) as pool:
        running: set[Future[None]] = set()
        for task in islice(waiting, 4 * workers):
            running.add(pool.submit(task.run, folder))
        while running:
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                future.result()
                yield
            for task in islice(waiting, len(ended)):
                running.add(pool.submit(task.run, folder))


def available_workers() -> int:
    """Return how many processes this machine can run side by side."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
