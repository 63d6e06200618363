"""Scenarios from the command line: what is printed, saved, refused."""

import csv
import io

import pytest


def table(data: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data), delimiter="\t"))


def test_a_run_prints_the_compartments_before_and_after(command):
    outcome = command("simulate", "run", "mouse_tumour", "--days", 5)
    assert outcome.code == 0
    assert outcome.talk == ""
    rows = table(outcome.data)
    assert {"bone marrow", "blood", "spleen", "dLN", "tumour"} <= {r["compartment"] for r in rows}
    assert list(rows[0])[3:] == ["day -81", "day 0", "day 5", "change"]
    tumour = next(row for row in rows if row["column"] == "Tum")
    assert float(tumour["day -81"]) == 0
    assert float(tumour["day 5"]) > float(tumour["day 0"]) > 0


def test_less_than_one_cell_is_none(command):
    rows = table(command("simulate", "run", "resection").data)
    found = {row["column"]: row for row in rows}
    assert found["Tum"]["change"] == "gone"
    assert found["Tum"]["day 90"] == found["DC1m_ln"]["day 90"] == "0"
    assert all(float(row[day]) >= 1 or row[day] == "0" for row in rows for day in list(row)[3:6])


def test_quantities_are_printed_day_by_day(command):
    name = "G-CSF concentration in blood"
    outcome = command("simulate", "run", "G_CSF", "--days", 6, "--show", name, "--show", "Neu_bl")
    rows = table(outcome.data)
    column = f"{name} (relative to healthy)"
    assert list(rows[0]) == ["day", column, "Neu_bl (10^9 cells)"]
    levels = {float(row["day"]): float(row[column]) for row in rows}
    assert levels[-1] == pytest.approx(1)
    assert levels[4] > 2


def test_a_run_from_a_file_is_saved_whole(command, tmp_path):
    (tmp_path / "mine.toml").write_text('days = 3\nsettle_days = 0\n[host]\nspecies = "human"\n')
    outcome = command("simulate", "run", "mine.toml", "--out", "out")
    assert outcome.code == 0, outcome.talk
    assert outcome.talk == "course.csv, scenario.toml and run.json in out\n"
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"course.csv", "scenario.toml", "run.json"}
    assert command("simulate", "run", "out/scenario.toml").data == outcome.data


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["resecton"], "scenario 'resecton' is neither ready nor a TOML file. Did you mean 'resec"),
        (["none.toml"], "none.toml: cannot be read (No such file or directory)"),
        (["resection", "--days", -2], "resection: days = -2: outside 1 to 3650 days"),
        (["anti_PD1", "--days", 2], "ends on day 9, after the end of the run on day 2"),
        (["G_CSF", "--show", "Neu_bll"], "quantity 'Neu_bll' is neither"),
        (["G_CSF", "--out", "taken"], "taken: a file; results need a folder"),
    ],
)
def test_what_cannot_be_run_is_refused_in_one_line(command, tmp_path, arguments, said):
    (tmp_path / "taken").write_text("")
    outcome = command("simulate", "run", *arguments)
    assert outcome.code == 1
    assert outcome.data == ""
    assert said in outcome.talk
    assert outcome.talk.count("\n") == 1


def test_ready_scenarios_are_listed(command):
    outcome = command("simulate", "scenarios")
    assert outcome.code == 0
    rows = {row["scenario"]: row for row in table(outcome.data)}
    assert rows["resection"]["interventions"] == "resect_tumour"
    assert rows["healthy_mouse"]["interventions"] == "none"
    assert all(row["meaning"] for row in rows.values())
