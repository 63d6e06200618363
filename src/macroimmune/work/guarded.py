"""A piece of work in a process of its own, given up when it falls silent.

Libraries in C can hang or stop the whole program on damaged bytes. So a process of its own says a
line for each step; where it falls silent for too long, or stops, the work is given up.
"""

import subprocess
import sys
from collections.abc import Generator
from contextlib import closing
from queue import Empty, SimpleQueue
from threading import Thread

__all__ = ["DONE", "STEP", "guarded_lines", "run_guarded"]

STEP, DONE = ".", "done"


def guarded_lines(code: str, asked: str, *, seconds: float) -> Generator[str, None, None]:
    """Run Python code in another process and give each line that it says, until it stops.

    Parameters
    ----------
    code : str
        Reads `asked` from stdin, prints lines that are not empty.
    asked : str
    seconds : float
        Without a line for so long, the process is killed.

    Yields
    ------
    line : str
        Without its end.

    Raises
    ------
    TimeoutError
        If the process was killed for its silence.
    """
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as worker:
        lines: SimpleQueue[str] = SimpleQueue()
        listener = Thread(target=_listen, args=(worker, asked, lines), daemon=True)
        listener.start()
        try:
            while line := lines.get(timeout=seconds):
                yield line
        except Empty:
            msg = f"no sign of life for {seconds:g} s"
            raise TimeoutError(msg) from None
        finally:
            worker.kill()
            worker.wait()
            listener.join()


def run_guarded(code: str, asked: str, *, seconds: float) -> str:
    """Run Python code in another process and return what went wrong, empty where nothing did.

    Parameters
    ----------
    code : str
        Reads `asked` from stdin; prints `STEP` in a line of its own from time to time, and in the
        end either `DONE` or what is wrong, in one line.
    asked : str
    seconds : float
        Without a line for so long, it is given up.

    Returns
    -------
    trouble : str
        The last line that is no step; or that the process stopped or fell silent.
    """
    with closing(guarded_lines(code, asked, seconds=seconds)) as lines:
        try:
            said = next((line for line in lines if line != STEP), "")
        except TimeoutError as error:
            return str(error)
    return "" if said == DONE else said or "the process that read it stopped"


def _listen(worker: "subprocess.Popen[str]", asked: str, lines: "SimpleQueue[str]") -> None:
    """Hand over every line that the process says, and an empty one at its end."""
    if worker.stdin is None or worker.stdout is None:
        return
    try:
        worker.stdin.write(asked)
        worker.stdin.close()
    except BrokenPipeError:
        pass
    for line in worker.stdout:
        lines.put(line.rstrip("\n"))
    lines.put("")
