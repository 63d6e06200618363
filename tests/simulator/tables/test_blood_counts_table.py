"""Blood counts: what was drawn can be measured out of the table again."""

import numpy as np
import polars as pl
import pytest

from macroimmune.simulator.plan import BloodCountsPlan, StudyPlan

WHITE = ["Neutrophils", "Lymphocytes", "Monocytes", "Eosinophils", "Basophils"]
DECIMALS = {"Neutrophils": 2, "Lymphocytes": 2, "Platelets": 0, "Haemoglobin": 0, "LDH": 0}


@pytest.fixture(scope="module")
def counts(drawn):
    """Return the table with its samples' visits."""
    return drawn.tables["blood_counts.csv"].with_columns(visit=drawn.samples.visit)


def test_every_draw_has_a_row_with_its_person_and_day(drawn, counts):
    assert counts["Patient"].to_list() == list(
        drawn.people.participant_ids[drawn.samples.participant]
    )
    assert counts["Day"].to_list() == drawn.samples.days.tolist()


@pytest.mark.parametrize("heading", DECIMALS)
def test_the_first_draw_shows_the_true_value_as_the_laboratory_rounds_it(drawn, counts, heading):
    first = counts.filter(visit="baseline")
    true = np.round(drawn.people.baseline[heading.lower()], DECIMALS[heading])
    shown = first[heading].cast(pl.Float64).to_numpy()
    there = ~np.isnan(shown)
    assert np.allclose(shown[there], true[there])


def test_leukocytes_are_the_sum_of_their_kinds_at_every_draw(counts):
    rows = counts.drop_nulls(["Leukocytes", *WHITE])
    off = rows["Leukocytes"] - rows.select(WHITE).sum_horizontal()
    assert off.abs().max() <= 0.031


@pytest.mark.parametrize(("heading", "relative"), [("Neutrophils", 1.0), ("Platelets", 0.5)])
def test_later_draws_differ_from_the_first_as_stated(counts, heading, relative):
    wide = counts.pivot("visit", index="Patient", values=heading).drop_nulls()
    change = (wide["week 6"] / wide["baseline"]).log()
    assert change.std() == pytest.approx(0.15 * relative, rel=0.08)
    # Nothing moves everybody.
    assert abs(change.mean()) < 4 * change.std() / np.sqrt(wide.height)


def test_white_cells_are_missing_together_and_other_values_each_by_itself(counts):
    gone = counts.select(pl.col(WHITE).is_null())
    assert gone.select(pl.all_horizontal(pl.all() == pl.col(WHITE[0]))).to_series().all()
    for heading in ("Neutrophils", "LDH", "Albumin"):
        assert counts[heading].is_null().mean() == pytest.approx(0.04, abs=0.012)
    both = (counts["LDH"].is_null() & counts["Albumin"].is_null()).mean()
    assert both == pytest.approx(0.04**2, abs=0.003)


def test_what_is_missing_does_not_go_with_survival(drawn, counts):
    first = counts.filter(visit="baseline")["LDH"].is_null().to_numpy()[: drawn.plan.patients]
    death = drawn.outcomes.death_days[: drawn.plan.patients]
    ranks = death.argsort().argsort() / death.size
    error = np.sqrt(1 / 12 / first.sum())
    assert abs(ranks[first].mean() - 0.5) < 3.5 * error


def test_a_plan_without_day_to_day_change_and_gaps_repeats_the_first_draw(draw):
    plan = StudyPlan(patients=40, blood_counts=BloodCountsPlan(missing=0.0, day_to_day=0.0))
    table = draw(plan).tables["blood_counts.csv"]
    assert table.null_count().sum_horizontal().item() == 0
    values = table.drop("Day").group_by("Patient").n_unique().drop("Patient")
    assert (values.max().to_numpy() == 1).all()
