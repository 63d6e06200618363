from pathlib import Path

import pytest

from macroimmune.errors import InputError
from macroimmune.work import WorkTask, run_tasks, task_key, work_folder


def _write(words: str, folder: Path) -> None:
    (folder / "words.txt").write_text(words)


def _fail(words: str, folder: Path) -> None:
    (folder / "words.txt").write_text(words)
    raise RuntimeError(words)


def test_every_task_leaves_one_folder_and_progress_counts_them(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    tasks = [WorkTask(f"t{k}", _write, f"words {k}") for k in range(3)]
    run_tasks(tasks, tmp_path, progress=lambda done, total: told.append((done, total)))
    assert [(tmp_path / f"t{k}" / "words.txt").read_text() for k in range(3)] == [
        "words 0",
        "words 1",
        "words 2",
    ]
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    run_tasks([WorkTask("a", _write, "first")], tmp_path)
    run_tasks([WorkTask("a", _write, "second"), WorkTask("b", _write, "second")], tmp_path)
    assert (tmp_path / "a" / "words.txt").read_text() == "first"
    assert (tmp_path / "b" / "words.txt").read_text() == "second"


def test_a_task_that_dies_leaves_no_folder_under_its_name_and_is_done_by_the_next_call(
    tmp_path: Path,
) -> None:
    with pytest.raises(RuntimeError, match="half"):
        run_tasks([WorkTask("a", _write, "whole"), WorkTask("b", _fail, "half")], tmp_path)
    assert (tmp_path / "a").is_dir()
    assert not (tmp_path / "b").exists()
    run_tasks([WorkTask("b", _write, "whole")], tmp_path)
    assert (tmp_path / "b" / "words.txt").read_text() == "whole"


def test_a_scheduler_that_does_not_answer_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_folder, "_PATIENCE", "0.2s")
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        run_tasks([WorkTask("a", _write, "a")], tmp_path, scheduler="tcp://127.0.0.1:1")


@pytest.mark.slow
def test_processes_and_a_cluster_leave_the_same_as_one_process(tmp_path: Path) -> None:
    from distributed import LocalCluster

    tasks = [WorkTask(f"t{k}", _write, f"words {k}") for k in range(4)]
    told: list[tuple[int, int]] = []
    run_tasks(tasks, tmp_path / "one")
    run_tasks(
        tasks, tmp_path / "two", workers=2, progress=lambda done, total: told.append((done, total))
    )
    assert told[-1] == (4, 4)
    with LocalCluster(
        n_workers=1, processes=False, dashboard_address=None, silence_logs=50
    ) as cluster:
        run_tasks(tasks, tmp_path / "cluster", scheduler=cluster.scheduler_address)
    for other in ("two", "cluster"):
        for task in tasks:
            written = (tmp_path / other / task.key / "words.txt").read_bytes()
            assert written == (tmp_path / "one" / task.key / "words.txt").read_bytes()


def test_a_key_changes_with_the_file_and_with_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "a.fcs"
    file.write_bytes(b"123")
    key = task_key("first", file, {"seed": 1})
    assert key == task_key("first", file, {"seed": 1})
    assert key != task_key("first", file, {"seed": 2})
    assert key != task_key("second", file, {"seed": 1})
    file.write_bytes(b"1234")
    assert key != task_key("first", file, {"seed": 1})
    assert task_key("first", tmp_path / "absent.fcs", {}).startswith("first-")
