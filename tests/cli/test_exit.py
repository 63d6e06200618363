"""Exit codes, what goes to stdout and what to stderr, and that nothing is left half-written."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from importlib.metadata import version

import pytest

from macroimmune.cli import run_commands

CALL = "from macroimmune.cli import main; main()"


@pytest.mark.parametrize(
    "arguments",
    [
        ("frobnicate",),
        ("run",),
        ("run", "x", "--no-such-option"),
        ("demo", "--participants", "many"),
        ("demo", "--participants", "3"),
        ("evidence", "search", "nlr", "--limit", "0"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_how(command, arguments, tmp_path):
    outcome = command(*arguments)
    assert outcome.code == 2
    assert outcome.data == ""
    assert "Usage: " in outcome.talk
    assert "Traceback" not in outcome.talk
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [(), ("evidence",), ("data",)])
def test_a_group_without_a_command_shows_its_help(command, arguments):
    outcome = command(*arguments)
    assert outcome.code == 2
    assert "Commands:" in outcome.data + outcome.talk
    assert "Traceback" not in outcome.talk


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "nowhere"), "nowhere: not found; give a study folder"),
        (("check", "nowhere"), "nowhere: not found"),
        (("features", "nowhere"), "nowhere: not found"),
        (("associate", "nowhere"), "nowhere: not found"),
        (("init", "nowhere"), "nowhere: not a folder"),
        (("report", "nowhere"), "no results here"),
        (("evidence", "show", "nlr-99"), "nlr-99"),
        (("data", "path", "princes"), "no public cohort is called 'princes'"),
        (("data", "fetch", "princes"), "no public cohort is called 'princes'"),
        (("data", "study", "chowel", "--out", "x"), "no ready study is called 'chowel'"),
        (("run", "."), "study.toml: not found; draft it with: macroimmune init"),
    ],
)
def test_a_problem_of_the_data_exits_with_1_and_one_line(command, arguments, says, tmp_path):
    outcome = command(*arguments)
    assert outcome.code == 1
    assert outcome.data == ""
    lines = outcome.talk.splitlines()
    assert len(lines) == 1, outcome.talk
    assert lines[0].startswith("error: ")
    assert says in lines[0]
    assert list(tmp_path.iterdir()) == []


def test_debug_shows_the_trace_before_the_line(command):
    outcome = command("--debug", "run", "nowhere")
    assert outcome.code == 1
    assert outcome.talk.startswith("Traceback (most recent call last)")
    assert outcome.talk.splitlines()[-1].startswith("error: nowhere: not found")


def test_a_study_with_errors_is_refused_whole(command, virtual_study, tmp_path):
    patients = virtual_study / "patients.csv"
    rows = patients.read_text(encoding="utf-8").splitlines()
    rows[3] = rows[3].replace(",dead,", ",-5,").replace(",alive,", ",-5,")
    broken = rows[1].split(",")
    broken[7] = "-40"
    rows[1] = ",".join(broken)
    patients.write_text("\n".join(rows) + "\n", encoding="utf-8")
    checked = command("check", "my_study")
    assert checked.code == 1
    assert any(line.startswith("error\t") for line in checked.data.splitlines())
    outcome = command("run", "my_study", "--out", "results")
    assert outcome.code == 1
    assert outcome.talk.startswith("error: ")
    assert "patients.csv" in outcome.talk
    assert not (tmp_path / "results").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["my_study"]


def test_results_stay_as_they_were_when_a_run_fails(command, sheet, tmp_path, monkeypatch):
    assert command("run", *sheet).code == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "results").iterdir()}

    def full(*_arguments, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("macroimmune.workflow.pipeline.write_report", full)
    outcome = command("run", *sheet)
    assert outcome.code == 1
    assert outcome.talk.splitlines() == ["error: [Errno 28] No space left on device"]
    assert {path.name: path.read_bytes() for path in (tmp_path / "results").iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cohort.csv", "results"]


def test_a_folder_with_other_files_is_never_replaced(command, virtual_study, tmp_path):
    outcome = command("run", "my_study", "--out", "my_study")
    assert outcome.code == 1
    assert "holds files that are not results" in outcome.talk
    assert (virtual_study / "patients.csv").is_file()


def test_a_fault_of_the_program_is_not_hidden(command, sheet, monkeypatch):
    def fault(*_arguments, **_named):
        raise ZeroDivisionError

    monkeypatch.setattr(run_commands, "_run", fault)
    with pytest.raises(ZeroDivisionError):
        command("run", *sheet)


def test_version_is_printed(command):
    outcome = command("--version")
    assert outcome.code == 0
    assert outcome.data.count(".") == 2


def test_stdout_carries_only_data(command, sheet, virtual_study):
    ran = command("run", *sheet)
    assert ran.code == 0
    assert ran.data == ""
    assert "80 participants" in ran.talk
    checked = command("check", "my_study")
    header, *rows = checked.data.splitlines()
    assert header.split("\t")[:2] == ["severity", "code"]
    assert all(len(row.split("\t")) == 8 for row in rows)


def test_what_reads_only_the_first_line_ends_the_program_quietly(tmp_path, process):
    # A pipe into `head` closes early; that is no error to tell of.
    code = (
        "import subprocess, sys\n"
        "first = subprocess.Popen([sys.executable, '-c', sys.argv[1], 'evidence', 'search', 'cell',"
        " '--limit', '9999'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)\n"
        "first.stdout.readline(); first.stdout.close()\n"
        "print(first.stderr.read())\n"
    )
    done = process(code, CALL)
    assert "Traceback" not in done.stdout
    assert "error" not in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_interrupting_exits_with_130(tmp_path):
    code = (
        "import os, signal\n"
        "from macroimmune.cli import main, run_commands\n"
        "run_commands.progress_bar = lambda: os.kill(os.getpid(), signal.SIGINT)\n"
        "import sys; sys.argv = ['macroimmune', 'demo']\n"
        "main()\n"
    )
    source = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=source,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 128 + signal.SIGINT, done.stderr
    assert "Traceback" not in done.stderr


def test_the_run_record_says_what_was_run(command, virtual_study, tmp_path):
    assert command("features", "my_study", "--out", "out").code == 0
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["command"] == "macroimmune features my_study --out out"
    assert record["seed"] is None
    assert record["version"] == version("macroimmune")
    files = {path.name: path for path in virtual_study.glob("*.csv")}
    assert {item["name"] for item in record["inputs"]} == set(files)
    for item in record["inputs"]:
        content = files[item["name"]].read_bytes()
        assert item["sha256"] == hashlib.sha256(content).hexdigest()
        assert item["n_bytes"] == len(content)
    kept = (tmp_path / "out" / "study.toml").read_text(encoding="utf-8")
    assert kept == (virtual_study / "study.toml").read_text(encoding="utf-8")


def test_a_place_that_cannot_be_made_is_told_in_words(command, sheet, tmp_path):
    (tmp_path / "taken").write_text("x")
    outcome = command("run", *sheet, "--out", "taken/results")
    assert outcome.code == 1
    assert len(outcome.talk.splitlines()) == 1
    assert "Errno" not in outcome.talk
    assert "taken" in outcome.talk
