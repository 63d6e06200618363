"""Results under SIGKILL: at whatever moment a run dies, the folder is one generation, whole."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import macroimmune
from macroimmune.results import RunRecord, open_results, save_run, writing_results

KILLS = 40
N_FILES = 6
SOURCE = Path(macroimmune.__file__).parents[1]
SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_killed_runs import kill_again_and_again
print(kill_again_and_again(Path(sys.argv[2])))
"""


def write_generation(target: Path, generation: int) -> None:
    """Write a folder in which every file names its generation."""
    with writing_results(target) as folder:
        for number in range(N_FILES):
            (folder / f"page_{number}.txt").write_text(f"{generation}\n" * 500, encoding="utf-8")
        save_run(folder, RunRecord(f"{generation}", "loop", "", 0.0, None))


def generation_of(target: Path) -> int:
    """Return the generation of a folder in which every file is whole and of that generation."""
    generation = int(open_results(target).run["version"])
    names = {path.name for path in target.iterdir()}
    assert names == {"run.json", *(f"page_{number}.txt" for number in range(N_FILES))}
    for number in range(N_FILES):
        text = (target / f"page_{number}.txt").read_text(encoding="utf-8")
        assert text == f"{generation}\n" * 500
    return generation


def hidden(target: Path) -> list[Path]:
    return [path for path in target.parent.iterdir() if path.name.startswith(".")]


def kill_again_and_again(target: Path) -> tuple[int, int]:
    """Kill writers at random moments; return the last generation and the kills amid writing."""
    moments, generation, amid = random.Random(7), generation_of(target), 0
    for _ in range(KILLS):
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
    return generation, amid


@pytest.mark.skipif(sys.platform != "linux", reason="needs SIGKILL and the exchange of folders")
def test_a_run_killed_at_any_moment_leaves_one_generation_whole(tmp_path):
    target = tmp_path / "out"
    write_generation(target, 0)
    # The writers are forked from a process of their own, which has no threads and no pytest.
    command = [sys.executable, "-c", SCRIPT, Path(__file__).parent, target]
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    generation, amid = (int(number) for number in done.stdout.strip("()\n").split(","))
    assert generation > KILLS, "too few generations for the kills to fall among them"
    assert amid > KILLS / 4, "too few writers were killed amid writing"
    write_generation(target, generation + 1)
    assert generation_of(target) == generation + 1
    assert hidden(target) == []
