"""Files written one by one or side by side, whole or not at all, and gone on with."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import macroimmune
from macroimmune.errors import InputError
from macroimmune.simulator.file_tasks import FileTask, available_workers, write_files
from macroimmune.simulator.streams import random_stream

SOURCE = Path(macroimmune.__file__).parents[1]


def write_random(arguments, targets):
    seed, name = arguments
    for number, target in enumerate(targets):
        target.write_bytes(random_stream(seed, name, number).bytes(2000))


def write_slowly(arguments, targets):
    # Half of it at once: a kill finds it unfinished.
    targets[0].write_bytes(b"half")
    time.sleep(arguments)
    targets[0].write_bytes(b"half and half")


def fail(_arguments, targets):
    targets[0].write_bytes(b"half")
    raise RuntimeError("disk full")


def tasks_of(seed, n=7):
    return [
        FileTask((f"raw/{i}.bin", f"truth/{i}.bin"), write_random, (seed, f"file {i}"))
        for i in range(n)
    ]


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_one_and_two_processes_write_the_same_bytes(tmp_path):
    for workers in (1, 2):
        assert write_files(tmp_path / str(workers), tasks_of(5), workers=workers) == 7
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    assert len(contents(tmp_path / "1")) == 14


def test_another_seed_writes_other_bytes(tmp_path):
    write_files(tmp_path / "a", tasks_of(5, n=1))
    write_files(tmp_path / "b", tasks_of(6, n=1))
    assert contents(tmp_path / "a") != contents(tmp_path / "b")


def test_only_what_is_missing_is_written(tmp_path):
    write_files(tmp_path, tasks_of(5))
    expected = contents(tmp_path)
    (tmp_path / "raw" / "3.bin").unlink()
    untouched = (tmp_path / "raw" / "2.bin").stat().st_mtime_ns
    assert write_files(tmp_path, tasks_of(5)) == 1
    assert contents(tmp_path) == expected
    assert (tmp_path / "raw" / "2.bin").stat().st_mtime_ns == untouched
    assert write_files(tmp_path, tasks_of(5)) == 0


def test_progress_counts_what_was_there_and_ends_whole(tmp_path):
    write_files(tmp_path, tasks_of(5, n=2))
    told = []
    write_files(tmp_path, tasks_of(5), progress=lambda *step: told.append(step))
    assert told == [(3, 7), (4, 7), (5, 7), (6, 7), (7, 7)]


def test_a_file_that_fails_does_not_appear_and_those_before_stay(tmp_path):
    tasks = [*tasks_of(5, n=2), FileTask(("raw/x.bin",), fail, None)]
    with pytest.raises(RuntimeError, match="disk full"):
        write_files(tmp_path, tasks)
    assert not (tmp_path / "raw" / "x.bin").exists()
    assert (tmp_path / "raw" / "1.bin").exists()


def test_a_file_that_fails_in_another_process_is_told_of(tmp_path):
    tasks = [*tasks_of(5, n=2), FileTask(("raw/x.bin",), fail, None)]
    with pytest.raises(RuntimeError, match="disk full"):
        write_files(tmp_path, tasks, workers=2)
    assert not (tmp_path / "raw" / "x.bin").exists()


def test_after_a_kill_in_the_middle_of_a_file_the_rest_is_written(tmp_path):
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "import test_file_tasks as tests\n"
        "tasks = tests.tasks_of(5, n=3)\n"
        "tasks.insert(2, tests.FileTask(('raw/slow.bin',), tests.write_slowly, 60))\n"
        "tests.write_files(Path(sys.argv[1]), tasks)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), str(Path(__file__).parent)],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
    )
    half = tmp_path / "raw" / "unfinished-slow.bin"
    deadline = time.monotonic() + 60
    while not half.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert half.exists()
    assert not (tmp_path / "raw" / "slow.bin").exists()
    tasks = tasks_of(5, n=3)
    tasks.insert(2, FileTask(("raw/slow.bin",), write_slowly, 0))
    assert write_files(tmp_path, tasks) == 2
    assert (tmp_path / "raw" / "slow.bin").read_bytes() == b"half and half"
    assert not half.exists()
    write_files(tmp_path / "again", tasks_of(5, n=3))
    of_others = {name: data for name, data in contents(tmp_path).items() if "slow" not in name}
    again = contents(tmp_path / "again")
    assert {name: of_others[name] for name in again} == again


def test_no_process_at_all_is_refused(tmp_path):
    with pytest.raises(InputError, match="from 1 up, found 0"):
        write_files(tmp_path, tasks_of(5), workers=0)


def test_two_tasks_for_one_file_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(InputError, match=r"raw/0\.bin: named by two tasks"):
        write_files(tmp_path, [*tasks_of(5, n=1), *tasks_of(6, n=1)])
    assert contents(tmp_path) == {}


def test_no_tasks_write_nothing(tmp_path):
    assert write_files(tmp_path, []) == 0


def test_at_least_one_process_can_run():
    assert available_workers() >= 1
