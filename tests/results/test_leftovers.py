import os
import subprocess
import sys
from pathlib import Path

import pytest

from macroimmune.results.leftovers import remove_leftovers, writing_prefix


@pytest.fixture(scope="module")
def dead_process() -> int:
    finished = subprocess.Popen([sys.executable, "-c", ""])
    finished.wait()
    return finished.pid


def leftover(target: Path, process: int) -> Path:
    prefix = writing_prefix(target).replace(f"-{os.getpid()}-", f"-{process}-")
    folder = target.with_name(f"{prefix}abc_1")
    folder.mkdir()
    (folder / "half.csv").write_text("a\n", encoding="utf-8")
    return folder


def test_what_a_dead_process_left_is_removed(tmp_path, dead_process):
    folder = leftover(tmp_path / "out", dead_process)
    remove_leftovers(tmp_path / "out")
    assert not folder.exists()


def test_what_a_living_process_writes_is_kept(tmp_path):
    mine, of_first = leftover(tmp_path / "out", os.getpid()), leftover(tmp_path / "out", 1)
    remove_leftovers(tmp_path / "out")
    assert mine.is_dir()
    assert of_first.is_dir()


def test_what_was_left_for_another_target_or_machine_or_by_hand_is_kept(tmp_path, dead_process):
    other = leftover(tmp_path / "other", dead_process)
    by_hand = tmp_path / ".out.writing-notes"
    by_hand.mkdir()
    elsewhere = tmp_path / f".out.writing-another_machine-{dead_process}-abc"
    elsewhere.mkdir()
    remove_leftovers(tmp_path / "out")
    assert other.is_dir()
    assert by_hand.is_dir()
    assert elsewhere.is_dir()


def test_a_link_that_bears_the_name_of_a_leftover_is_kept(tmp_path, dead_process):
    precious = tmp_path / "precious"
    precious.mkdir()
    folder = leftover(tmp_path / "out", dead_process)
    link = folder.with_name(folder.name + "x")
    link.symlink_to(precious, target_is_directory=True)
    remove_leftovers(tmp_path / "out")
    assert link.is_symlink()
    assert precious.is_dir()
