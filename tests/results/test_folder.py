import os
import stat
from pathlib import Path

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal

from macroimmune.errors import ResultsError
from macroimmune.results import (
    RESULT_TABLES,
    InputFile,
    RunRecord,
    conform,
    open_results,
    save_run,
    save_table,
    writing_results,
)

RECORD = RunRecord(
    version="1.0",
    command="macroimmune run x",
    started="2026-01-02T03:04:05+00:00",
    duration_seconds=1.5,
    seed=None,
    study={"name": "β", "age": {"median": None}},
    inputs=(InputFile("x.csv", "00", 3),),
    methods=("One.",),
)


def write(target: Path, text: str = "one") -> None:
    with writing_results(target) as folder:
        (folder / "study.toml").write_text(text, encoding="utf-8")
        save_run(folder, RECORD)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("table", RESULT_TABLES)
def test_every_table_loads_equal_to_what_was_saved(table, awkward, tmp_path):
    save_run(tmp_path, RECORD)
    save_table(tmp_path, table, awkward(table))
    assert_frame_equal(open_results(tmp_path).table(table), conform(table, awkward(table)))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8),
            st.none() | st.floats(allow_nan=False, allow_infinity=False),
        ),
        max_size=12,
    )
)
def test_any_text_and_number_survives_a_csv_file(tmp_path, rows):
    frame = pl.DataFrame(
        {
            "order": range(len(rows)),
            "feature": [text for text, _ in rows],
            "endpoint": "os",
            "landmark_days": None,
            "method": [text for text, _ in rows],
            "p_value": [number for _, number in rows],
            "family": "outcome",
            "q_value": None,
            "status": "",
        },
        schema=RESULT_TABLES["ledger"].schema,
    )
    save_run(tmp_path, RECORD)
    save_table(tmp_path, "ledger", frame)
    assert_frame_equal(open_results(tmp_path).table("ledger"), frame)


def test_the_run_record_loads_equal_to_what_was_saved(tmp_path):
    save_run(tmp_path, RECORD)
    run = open_results(tmp_path).run
    assert run["study"] == RECORD.study
    assert run["inputs"] == [{"name": "x.csv", "sha256": "00", "n_bytes": 3}]
    assert run["seed"] is None


def test_a_table_that_the_run_did_not_write_is_without_rows(tmp_path):
    save_run(tmp_path, RECORD)
    assert open_results(tmp_path).table("truth").is_empty()


def test_a_table_with_other_columns_is_refused_on_reading(tmp_path):
    save_run(tmp_path, RECORD)
    (tmp_path / "ledger.csv").write_text("order,feature\n1,nlr\n", encoding="utf-8")
    with pytest.raises(ResultsError, match="columns missing"):
        open_results(tmp_path).table("ledger")


def test_a_damaged_parquet_file_is_refused_with_its_path(tmp_path):
    save_run(tmp_path, RECORD)
    (tmp_path / "features.parquet").write_bytes(b"PAR1 but no more")
    with pytest.raises(ResultsError, match=r"features\.parquet: cannot be read as table features"):
        open_results(tmp_path).table("features")


@pytest.mark.parametrize(
    ("text", "message"),
    [(None, "no results here"), ("{", "cannot be read"), ("[]", "not a run record")],
)
def test_a_folder_without_a_readable_run_record_is_refused(tmp_path, text, message):
    if text is not None:
        (tmp_path / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(ResultsError, match=message):
        open_results(tmp_path)


def test_new_results_replace_old_ones_whole(tmp_path):
    write(tmp_path / "out", "one")
    (tmp_path / "out" / "report.html").write_text("x", encoding="utf-8")
    write(tmp_path / "out", "two")
    assert set(contents(tmp_path / "out")) == {"study.toml", "run.json"}
    assert (tmp_path / "out" / "study.toml").read_text(encoding="utf-8") == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_results_can_be_read_by_others(tmp_path):
    write(tmp_path / "out")
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o755


def test_parents_of_the_target_are_made(tmp_path):
    write(tmp_path / "a" / "b" / "out")
    assert open_results(tmp_path / "a" / "b" / "out").run["version"] == "1.0"


def fail_while_writing(target: Path, error: type[BaseException]) -> None:
    with writing_results(target) as folder:
        (folder / "study.toml").write_text("half", encoding="utf-8")
        raise error


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_error_while_writing_leaves_the_old_results_as_they_were(tmp_path, error):
    write(tmp_path / "out", "one")
    before = contents(tmp_path / "out")
    with pytest.raises(error):
        fail_while_writing(tmp_path / "out", error)
    assert contents(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_error_where_nothing_stood_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError):
        fail_while_writing(tmp_path / "out", RuntimeError)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    write(tmp_path / "out")
    assert (tmp_path / "out" / "run.json").is_file()


def test_a_folder_with_other_files_is_never_replaced(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_bytes(b"years")
    with pytest.raises(ResultsError, match="holds files that are not results"):
        write(tmp_path / "out")
    assert contents(tmp_path / "out") == {"thesis.docx": b"years"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_at_the_target_is_never_replaced(tmp_path):
    (tmp_path / "out").write_bytes(b"a file")
    with pytest.raises(ResultsError, match="a file; results need a folder"):
        write(tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"a file"


def test_a_link_to_a_folder_stays_a_link(tmp_path):
    write(tmp_path / "real", "one")
    os.symlink("real", tmp_path / "link")  # noqa: PTH211 (relative, as people make it)
    write(tmp_path / "link", "two")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "study.toml").read_text(encoding="utf-8") == "two"


def test_a_file_of_the_users_in_old_results_is_never_deleted(tmp_path):
    target = tmp_path / "results"
    write(target)
    (target / ".DS_Store").touch()
    write(target, "two")
    (target / "my notes.docx").write_text("keep me")
    (target / "figures").mkdir()
    with pytest.raises(ResultsError, match=r"also holds figures, my notes\.docx, which no run"):
        write(target, "three")
    assert (target / "my notes.docx").read_text() == "keep me"
    assert (target / "study.toml").read_text() == "two"
