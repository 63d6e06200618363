"""Every command helps, with an example that runs as it stands there."""

import re
import shlex
import shutil
import textwrap

import pytest
import typer.main

from macroimmune.cli.main import app
from macroimmune.simulator import StudyPlan, write_virtual_study
from macroimmune.simulator.plan import CytometryPlan, RepertoiresPlan

NEED_DATA = {"data fetch", "data path", "data study", "simulate calibrate"}


def commands_of(group, *before):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, *before, name)
        else:
            yield " ".join((*before, name)), command


COMMANDS = dict(commands_of(typer.main.get_command(app)))


def example_of(command) -> list[str]:
    lines = [line.strip() for line in command.help.splitlines()]
    found = [line for line in lines if line.startswith("Example: ")]
    assert len(found) == 1, f"one line that begins with Example: in {command.help!r}"
    words = shlex.split(found[0].removeprefix("Example: "))
    assert words[0] == "macroimmune"
    return words[1:]


def test_the_commands_are_the_verbs_of_the_program():
    assert set(COMMANDS) == {
        *("init", "check", "gates", "responses", "repertoires", "features", "associate", "run"),
        *("report", "demo"),
        *("evidence search", "evidence show", "data list", "data fetch", "data path", "data study"),
        *("simulate plan", "simulate study", "simulate troubles"),
        *("simulate calibrate", "simulate compare", "simulate power"),
        "simulate export",
        "simulate page",
        *("simulate cohort",),
        *("simulate run", "simulate scenarios"),
        "simulate claims",
        *("simulate fit", "simulate sensitivity"),
    }


@pytest.mark.parametrize("name", ["", "simulate", "evidence", "data", *COMMANDS])
def test_help_is_data_on_stdout_and_exits_with_0(command, name):
    outcome = command(*name.split(), "--help")
    assert outcome.code == 0
    assert outcome.data.startswith("Usage: ")
    assert outcome.talk == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_the_example_on_one_line_of_80_columns(command, name):
    example = shlex.join(example_of(COMMANDS[name]))
    assert f"Example: macroimmune {example}" in command(*name.split(), "--help").data


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_is(name):
    for parameter in COMMANDS[name].params:
        assert getattr(parameter, "help", ""), f"{name}: {parameter.name}"


@pytest.fixture
def prepared(command, virtual_study, sheet):
    """Return a function that makes what an example names, in the folder where it runs."""

    def prepare(name: str) -> None:
        if name == "init":
            (virtual_study / "study.toml").unlink()
        if name in {"gates", "responses"}:
            wells = CytometryPlan(
                is_written=True,
                participants=2,
                stimuli=("unstimulated", "ifn_late") if name == "responses" else ("unstimulated",),
                visits=("baseline",),
                events_per_file=1_500,
                bridging_control=False,
            )
            shutil.rmtree(virtual_study)
            write_virtual_study(virtual_study, StudyPlan(patients=4, seed=5, cytometry=wells))
        if name == "repertoires":
            libraries = RepertoiresPlan(
                is_written=True,
                clones=2_000,
                naive_clones=100_000,
                blood_cells=2_000,
                biopsied=0.0,
                single_cell_participants=0,
            )
            shutil.rmtree(virtual_study)
            plan = StudyPlan(patients=2, healthy=0, seed=5, repertoires=libraries)
            write_virtual_study(virtual_study, plan)
        if name == "report":
            assert command("run", *sheet).code == 0

    return prepare


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - NEED_DATA))
def test_the_example_runs(command, prepared, name):
    prepared(name)
    outcome = command(*example_of(COMMANDS[name]))
    assert outcome.code == 0, outcome.talk


@pytest.mark.data
@pytest.mark.parametrize("name", sorted(NEED_DATA))
def test_the_example_with_a_public_cohort_runs(command, public_data, monkeypatch, tmp_path, name):
    (tmp_path / "cache" / "macroimmune").mkdir(parents=True)
    for cohort in ("prince", "loris", "10kimmunomes", "milieu_interieur"):
        (tmp_path / "cache" / "macroimmune" / cohort).symlink_to(public_data / cohort)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    outcome = command(*example_of(COMMANDS[name]))
    assert outcome.code == 0, outcome.talk


def test_the_first_line_of_a_help_text_is_a_sentence():
    for name, found in COMMANDS.items():
        first = textwrap.dedent(found.help).strip().splitlines()[0]
        assert re.fullmatch(r"[A-Z].*\.", first), name
