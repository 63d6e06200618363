"""Folders that a killed run left half-written, and their removal by a later one."""

import os
import platform
import re
import shutil
from pathlib import Path

__all__ = ["remove_leftovers", "writing_prefix"]


def writing_prefix(target: Path) -> str:
    """Return how the name of a folder begins that this process writes for `target`.

    Notes
    -----
    Convention: it names machine and process, because a folder may be shared by several machines
    and only on its own machine can be told whether a process still lives.
    """
    return f"{_any_writer(target)}{_machine()}-{os.getpid()}-"


def remove_leftovers(target: Path) -> None:
    """Remove what dead processes of this machine left beside `target`; keep all else."""
    pattern = re.compile(
        re.escape(f"{_any_writer(target)}{_machine()}-") + r"(\d+)-[a-z0-9_]+", re.ASCII
    )
    for path in target.parent.iterdir():
        found = pattern.fullmatch(path.name)
        if found and path.is_dir() and not path.is_symlink() and not _lives(int(found.group(1))):
            shutil.rmtree(path, ignore_errors=True)


def _any_writer(target: Path) -> str:
    return f".{target.name}.writing-"


def _machine() -> str:
    return re.sub(r"[^a-z0-9]+", "_", platform.node().lower()) or "unnamed"


def _lives(process: int) -> bool:
    """Whether a process of this machine lives; also true where that cannot be asked."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
