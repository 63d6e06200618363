"""Results under SIGKILL: at whatever moment a run dies, the folder is one generation, whole."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import macroimmune
from macroimmune.results import RunRecord, folder, leftovers, open_results
from macroimmune.results.folder import save_run, writing_results

RANDOM_KILLS = 30  # at least; as many more as it takes until enough fell amid writing
AMID_WRITING = 8
PATIENCE = 1000
FILES = ("findings.csv", "ledger.csv", "report.html", "tables.xlsx")
SOURCE = Path(macroimmune.__file__).parents[1]
TRACED = {folder.__file__, leftovers.__file__, shutil.__file__}
# The writers are forked from a process of their own, which has no threads and no pytest.
SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import test_killed_runs
print(getattr(test_killed_runs, sys.argv[3])(Path(sys.argv[2])))
"""
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="needs SIGKILL and the exchange of two folders"
)


def write_generation(target: Path, generation: int) -> None:
    """Write a folder in which every file names its generation."""
    with writing_results(target) as place:
        for name in FILES:
            (place / name).write_text(f"{generation}\n" * 500, encoding="utf-8")
        save_run(place, RunRecord(f"{generation}", "loop", "", 0.0, None))


def generation_of(target: Path) -> int:
    """Return the generation of a folder in which every file is whole and of that generation."""
    generation = int(open_results(target).run["version"])
    names = {path.name for path in target.iterdir()}
    assert names == {"run.json", *FILES}
    for name in FILES:
        text = (target / name).read_text(encoding="utf-8")
        assert text == f"{generation}\n" * 500
    return generation


def hidden(target: Path) -> list[Path]:
    return [path for path in target.parent.iterdir() if path.name.startswith(".")]


def die_at_line(wanted: int) -> None:
    """Kill this process when so many lines of the writing code have been run."""
    seen = 0

    def trace(frame, event, argument):
        nonlocal seen
        if frame.f_code.co_filename not in TRACED:
            return None
        if event == "line":
            seen += 1
            if seen == wanted:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


def kill_at_every_line(target: Path) -> int:
    """Kill one writer at each line of the writing code; return how many lines there were."""
    line = 0
    while True:
        line += 1
        before = generation_of(target)
        writer = os.fork()
        if not writer:
            die_at_line(line)
            write_generation(target, before + 1)
            sys.settrace(None)
            os._exit(0)
        _, status = os.waitpid(writer, 0)
        assert generation_of(target) in {before, before + 1}, f"killed at line {line}"
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            assert generation_of(target) == before + 1
            return line


def kill_at_random_moments(target: Path) -> int:
    """Kill writers that write again and again; return how many died amid writing."""
    moments, generation, amid = random.Random(7), generation_of(target), 0
    for kill in range(PATIENCE):
        if kill >= RANDOM_KILLS and amid >= AMID_WRITING:
            break
        writer = os.fork()
        if not writer:
            while True:
                generation += 1
                write_generation(target, generation)
        time.sleep(moments.uniform(0.0, 0.06))
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        found = generation_of(target)
        assert found >= generation
        generation = found
        amid += bool(hidden(target))
    return amid


@pytest.mark.parametrize(
    ("killing", "at_least"), [("kill_at_every_line", 50), ("kill_at_random_moments", AMID_WRITING)]
)
def test_a_run_killed_at_any_moment_leaves_one_generation_whole(tmp_path, killing, at_least):
    target = tmp_path / "out"
    write_generation(target, 0)
    command = [sys.executable, "-c", SCRIPT, Path(__file__).parent, target, killing]
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= at_least, "too few kills fell amid writing to prove anything"
    write_generation(target, 10**6)
    assert generation_of(target) == 10**6
    assert hidden(target) == []
