"""A virtual study on disk: the same bytes, whole or not at all, and nothing else is touched."""

import dataclasses
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

import macroimmune
from macroimmune.errors import InputError
from macroimmune.simulator.file_tasks import FileTask
from macroimmune.simulator.plan import ArmPlan, StudyPlan, read_plan
from macroimmune.simulator.study_folder import write_virtual_study
from macroimmune.simulator.virtual_study import draw_virtual_study, raw_kinds

SOURCE = Path(macroimmune.__file__).parents[1]
SMALL = StudyPlan(patients=12, healthy=2, seed=5, truth_patients=1000)


def sums(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def with_raw_files(plan, participants):
    """Return the plan with every kind of raw file, of a few patients."""
    changes = {}
    for kind in raw_kinds():
        section = getattr(plan, kind)
        known = {field.name for field in dataclasses.fields(section)}
        few = {name: participants for name in ("participants",) if name in known}
        changes[kind] = dataclasses.replace(section, is_written=True, **few)
    return dataclasses.replace(plan, **changes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("virtual") / "study"
    write_virtual_study(path, SMALL)
    return path


def test_the_same_plan_gives_the_same_bytes(folder, tmp_path):
    write_virtual_study(tmp_path / "again", SMALL)
    assert sums(tmp_path / "again") == sums(folder)


def test_another_seed_gives_other_files_of_the_same_names(folder, tmp_path):
    write_virtual_study(tmp_path / "other", dataclasses.replace(SMALL, seed=6))
    ours, other = sums(folder), sums(tmp_path / "other")
    assert ours.keys() == other.keys()
    same = {name for name in ours if ours[name] == other[name]}
    # The truth of effects is that of the plan, whatever the seed.
    assert same <= {"truth/true_effects.csv"}


def test_the_plan_that_is_written_makes_the_same_study(folder, tmp_path):
    plan = read_plan(folder / "plan.toml")
    assert plan == SMALL
    write_virtual_study(tmp_path / "again", plan)
    assert sums(tmp_path / "again") == sums(folder)


@pytest.mark.slow
def test_every_kind_of_raw_file_has_the_same_bytes_from_one_and_two_processes(tmp_path):
    plan = with_raw_files(SMALL, 2)
    assert plan != SMALL
    for workers in (1, 2):
        write_virtual_study(tmp_path / str(workers), plan, workers=workers)
    one, two = sums(tmp_path / "1"), sums(tmp_path / "2")
    assert one == two
    assert len(one) > len(raw_kinds()) + 10


def test_a_finished_study_is_left_as_it_is(tmp_path):
    write_virtual_study(tmp_path / "study", SMALL)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "study").rglob("*")}
    write_virtual_study(tmp_path / "study", SMALL)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "study").rglob("*")} == before


def test_a_table_that_was_taken_out_comes_back_and_the_others_stay(folder, tmp_path):
    write_virtual_study(tmp_path / "study", SMALL)
    (tmp_path / "study" / "samples.csv").unlink()
    (tmp_path / "study" / "truth" / "frequencies.csv").unlink()
    untouched = (tmp_path / "study" / "patients.csv").stat().st_mtime_ns
    write_virtual_study(tmp_path / "study", SMALL)
    assert sums(tmp_path / "study") == sums(folder)
    assert (tmp_path / "study" / "patients.csv").stat().st_mtime_ns == untouched


def test_progress_is_told_of_raw_files(tmp_path):
    told = []
    write_virtual_study(tmp_path / "study", SMALL, progress=lambda *step: told.append(step))
    done = [step[0] for step in told]
    assert done == list(range(1, len(told) + 1))


KILLED = """
import sys, time
from pathlib import Path
from macroimmune.simulator import file_tasks, study_folder
from macroimmune.simulator.plan import StudyPlan

def wait(*_, **__):
    (Path(sys.argv[1]).parent / "reached").touch()
    time.sleep(120)

{where} = wait
plan = StudyPlan(patients=12, healthy=2, seed=5, truth_patients=1000)
study_folder.write_virtual_study(Path(sys.argv[1]), plan)
"""


@pytest.mark.parametrize(
    ("where", "is_there"),
    [("study_folder.truth_readme", False), ("study_folder.write_files", True)],
)
def test_after_a_kill_at_any_moment_the_study_is_finished_to_the_same_bytes(
    folder, tmp_path, where, is_there
):
    target = tmp_path / "study"
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED.format(where=where), str(target)],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
    )
    deadline = time.monotonic() + 120
    while not (tmp_path / "reached").exists() and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (tmp_path / "reached").exists()
    # Tables are there all together or not at all, and a folder that is not finished is no study.
    assert target.exists() is is_there
    assert not (target / "study.toml").exists()
    (tmp_path / "reached").unlink()
    write_virtual_study(target, SMALL)
    assert sums(target) == sums(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_a_failure_while_tables_are_made_leaves_nothing_behind(tmp_path, monkeypatch):
    def fail(_study):
        raise RuntimeError("disk full")

    monkeypatch.setattr("macroimmune.simulator.study_folder.truth_readme", fail)
    with pytest.raises(RuntimeError, match="disk full"):
        write_virtual_study(tmp_path / "study", SMALL)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.xlsx").write_bytes(b"mine")
    with pytest.raises(InputError, match=r"holds mine\.xlsx, which is no part of it"):
        write_virtual_study(tmp_path, SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.xlsx"]


def test_tables_of_our_names_without_a_plan_are_not_taken_for_ours(tmp_path):
    (tmp_path / "patients.csv").write_bytes(b"mine")
    with pytest.raises(InputError, match=r"holds files without plan\.toml"):
        write_virtual_study(tmp_path, SMALL)
    assert (tmp_path / "patients.csv").read_bytes() == b"mine"


def test_the_study_of_another_plan_is_refused_and_left_alone(folder):
    before = sums(folder)
    with pytest.raises(InputError, match="the study of another plan"):
        write_virtual_study(folder, dataclasses.replace(SMALL, seed=6))
    assert sums(folder) == before


def test_a_finished_study_with_a_file_of_the_users_is_refused(tmp_path):
    write_virtual_study(tmp_path / "study", SMALL)
    (tmp_path / "study" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"notes\.txt"):
        write_virtual_study(tmp_path / "study", SMALL)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "here").write_bytes(b"")
    with pytest.raises(InputError, match="a file; a virtual study needs a folder"):
        write_virtual_study(tmp_path / "here", SMALL)
    with pytest.raises(InputError, match="here: a file; a virtual study needs a folder"):
        write_virtual_study(tmp_path / "here" / "below", SMALL)


def test_a_place_that_cannot_be_made_is_told_by_the_name_that_was_given(tmp_path, monkeypatch):
    def refuse(prefix, dir):
        raise PermissionError(13, "Permission denied", f"{dir}/{prefix}x")

    monkeypatch.setattr("macroimmune.simulator.study_folder.tempfile.mkdtemp", refuse)
    with pytest.raises(PermissionError) as told:
        write_virtual_study(tmp_path / "study", SMALL)
    assert told.value.filename == str(tmp_path.resolve())


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "study").mkdir()
    path = write_virtual_study(tmp_path / "study", SMALL)
    assert path == tmp_path.resolve() / "study" / "study.toml"
    assert pl.read_csv(path.parent / "patients.csv").height == 14


def test_one_patient_is_a_study(tmp_path):
    path = write_virtual_study(tmp_path / "one", StudyPlan(patients=1, seed=0, truth_patients=1000))
    assert pl.read_csv(path.parent / "patients.csv").height == 1


def test_the_page_beside_the_truth_names_every_file_there(folder):
    page = (folder / "truth" / "README.txt").read_text(encoding="utf-8")
    for path in (folder / "truth").iterdir():
        assert path.name == "README.txt" or path.name in page
    assert max(map(len, page.splitlines())) <= 100


def test_the_page_says_what_the_effects_by_arm_are():
    from macroimmune.simulator.truth_readme import truth_readme

    plan = dataclasses.replace(SMALL, arms=(ArmPlan("new"), ArmPlan("old")))
    page = truth_readme(draw_virtual_study(plan))
    assert "effects_by_arm.csv\n  The same within each arm" in page
    assert "1 files" not in page


def test_the_page_names_planted_troubles_and_folders_of_truth(monkeypatch):
    from macroimmune.simulator.truth_readme import truth_readme

    study = draw_virtual_study(dataclasses.replace(SMALL, troubles=("line-endings",)))
    tasks = tuple(
        FileTask((f"fcs/{n}.fcs", f"truth/cells/{n}.csv"), lambda *_: None, None) for n in range(3)
    )
    files = dataclasses.replace(study.files, tasks=tasks)
    page = truth_readme(dataclasses.replace(study, files=files))
    assert "Planted into the files, not into the truth: line-endings." in page
    assert "cells\n  3 files" in page
