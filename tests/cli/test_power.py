"""`macroimmune simulate power`: a table for pipes, words for people, refusals in one line."""

import csv
import io

import pytest

QUICK = ("simulate", "power", "--cohorts", 0)


def rows_of(outcome):
    assert outcome.code == 0, outcome.talk
    return list(csv.DictReader(io.StringIO(outcome.data), delimiter="\t"))


def test_the_table_goes_to_stdout_and_what_was_assumed_to_stderr(command):
    outcome = command(*QUICK, "--ratio", 1.5, "--events", 0.6, "--reliability", 0.7, "--tests", 10)
    rows = rows_of(outcome)
    assert [row["power"] for row in rows] == ["0.5", "0.6", "0.7", "0.8", "0.9"]
    assert all(row["simulated_power"] == "" for row in rows)
    for words in ("60 % with the event", "Bonferroni", "0.7 times the true one"):
        assert words in outcome.talk


def test_the_same_seed_prints_the_same_table(command):
    arguments = ("simulate", "power", "--ratio", 1.6, "--power", 0.8, "--cohorts", 300)
    first, again = command(*arguments), command(*arguments)
    assert first.data == again.data
    assert first.data != command(*arguments, "--seed", 2).data


def test_a_plan_gives_the_outcomes_and_options_override_it(command, tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text("[outcomes]\nos_median_months = 6.0\nresponse = 0.5\n", encoding="utf-8")
    arguments = (*QUICK, "--ratio", 1.4, "--power", 0.8)

    def patients(*more):
        (row,) = rows_of(command(*arguments, *more))
        return int(row["patients"])

    assert patients("--plan", plan) < patients()
    assert patients("--plan", plan, "--median-months", 60) > patients("--plan", plan)
    assert patients("--plan", plan, "--endpoint", "response") == patients(
        "--endpoint", "response", "--events", 0.5
    )


def test_a_predictive_effect_needs_about_four_times_as_many(command):
    (plain,) = rows_of(command(*QUICK, "--ratio", 1.5, "--power", 0.8, "--events", 0.6))
    (crossed,) = rows_of(
        command(*QUICK, "--ratio", 1.5, "--power", 0.8, "--events", 0.6, "--effect", "predictive")
    )
    assert int(crossed["patients"]) == pytest.approx(4 * int(plain["patients"]), rel=0.05)


def test_a_number_of_patients_is_answered_with_the_smallest_ratios(command):
    rows = rows_of(command(*QUICK, "--ratio", 1.5, "--events", 0.6, "--patients", 80))
    assert float(rows[0]["power"]) == pytest.approx(0.8, abs=0.01)
    assert [float(row["ratio"]) for row in rows[1:]] == sorted(
        float(row["ratio"]) for row in rows[1:]
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--ratio", 1), "ratio of 1"),
        (("--ratio", 1.5, "--power", 1), "power 1"),
        (("--ratio", 1.001), "more than a million; give a ratio further from 1"),
        (("--ratio", 1.5, "--reliability", 0), "reliability 0"),
        (("--ratio", 1.5, "--lost-per-year", -1), "loss of -1 per year"),
        (
            ("--ratio", 1.5, "--endpoint", "ps"),
            "endpoint 'ps': expected os or pfs or response. Did you mean 'pfs'",
        ),
        (("--ratio", 1.5, "--per", "doublng"), "Did you mean 'doubling'"),
        (("--ratio", 1.5, "--per", "doubling"), "--sd-log2"),
        (("--ratio", 1.5, "--events", 0.5, "--median-months", 3), "leave these out"),
        (("--ratio", 1.5, "--endpoint", "response", "--median-months", 3), "leave these out"),
    ],
)
def test_impossible_requests_are_one_line(command, arguments, words):
    outcome = command(*QUICK, *arguments)
    assert (outcome.code, outcome.data) == (1, "")
    assert words in outcome.talk
    assert len(outcome.talk.strip().splitlines()) == 1
