"""What the program says: data to stdout, everything else to stderr."""

import csv
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from macroimmune.workflow.pipeline import Progress

__all__ = ["progress_bar", "say", "set_debug", "table_to_stdout", "tell_error"]

_SETTINGS = {"debug": False}


def set_debug(*, on: bool) -> None:
    """Choose whether an error shows its trace."""
    _SETTINGS["debug"] = on


def say(text: str) -> None:
    """Print a line of talk to stderr."""
    print(text, file=sys.stderr)  # noqa: T201


def tell_error(error: BaseException, code: int, said: str = "") -> int:
    """Print an error in one line, as it says itself or as `said`; return `code`.

    With its trace where that was asked for.
    """
    if _SETTINGS["debug"]:
        traceback.print_exception(error)
    say("error: " + " ".join((said or str(error)).split()))
    return code


def table_to_stdout(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as tab-separated values, for people and for pipes."""
    writer = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


@contextmanager
def progress_bar() -> "Iterator[Progress]":
    """Show a bar per stage on stderr while the stages run; nothing where stderr is no terminal."""
    # rich is slow to import, and only long work needs it.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<10}"), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bars:
        tasks: dict[str, object] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        yield show
