from dataclasses import replace

import polars as pl
import pytest

from macroimmune.errors import InputError
from macroimmune.mechanism.scenarios import (
    Intervention,
    Scenario,
    compartment_summary,
    quantity_course,
    run_scenario,
    species_scales,
    tidy_course,
)

BURDEN = ("tumour", "tumour burden")


def run_in(species: str):
    scenario = Scenario(
        "x",
        species=species,
        tumour="generic",
        tumour_days=10,
        settle_days=0,
        days=4,
        interventions=(Intervention("anti_GCSF", day=2),),
    )
    return run_scenario(scenario, values={"growth_Tum": 0.2}, observables=[BURDEN])


def value(frame: pl.DataFrame, quantity: str, day: float) -> tuple[float, str, str]:
    row = frame.filter(quantity=quantity, day=day).row(0, named=True)
    return row["value"], row["unit"], row["compartment"]


def test_numbers_of_cells_are_those_of_the_species_and_levels_have_no_scale() -> None:
    mouse, human = (tidy_course(run_in(species)) for species in ("mouse", "human"))
    scale = species_scales()["mouse"].count_scale
    for quantity in ("Tum", "tumour burden", "Neu_bl"):
        assert value(mouse, quantity, 0.0)[0] == pytest.approx(
            scale * value(human, quantity, 0.0)[0]
        )
        assert value(mouse, quantity, 0.0)[1] == "10^9 cells"
    for quantity in ("GCSF", "anti_GCSF"):
        assert value(mouse, quantity, 3.0)[0] == pytest.approx(value(human, quantity, 3.0)[0])
    assert value(mouse, "GCSF", 3.0)[1:] == ("relative to healthy", "none")
    assert value(mouse, "anti_GCSF", 3.0)[1:] == ("multiples of its Kd", "none")
    assert value(mouse, "Neu_bl", 3.0)[2] == "blood"
    assert value(mouse, "burden", 3.0)[1] == "1"


def test_a_row_stands_for_each_day_and_quantity_without_nan() -> None:
    run = run_in("mouse")
    frame = tidy_course(run)
    assert frame.height == 15 * (run.course.width - 1 + 1)
    assert frame.select("day", "compartment", "quantity").is_unique().all()
    assert frame["value"].is_nan().sum() == 0
    assert frame.filter(pl.col("value").is_null())["status"].str.len_chars().min() != 0
    assert set(frame.filter(pl.col("value").is_not_null())["status"]) == {""}


def test_a_run_that_ended_early_says_so_in_every_row_and_without_days_in_one() -> None:
    run = run_in("mouse")
    short = replace(run, course=run.course[:3], observed=run.observed[:3], status="it ended")
    assert set(tidy_course(short)["status"]) == {"it ended"}
    none = replace(run, course=run.course[:0], observed=run.observed[:0], status="it ended")
    assert tidy_course(none).rows() == [("x", None, "none", "run", None, "1", "it ended")]
    assert compartment_summary(none) is None


def test_the_summary_has_the_day_before_anything_is_done() -> None:
    run = run_in("mouse")
    summary = compartment_summary(run)
    assert summary is not None
    assert summary.days == (-10.0, 1.0, 4.0)
    tumour = next(row for row in summary.rows if row.column == "Tum")
    at = dict(zip(run.course["day"], run.course["Tum"], strict=True))
    scale = species_scales()["mouse"].count_scale
    assert (tumour.before, tumour.after) == pytest.approx((at[1.0] * scale, at[4.0] * scale))
    assert tumour.change == pytest.approx(at[4.0] / at[1.0])
    untreated = run_scenario(Scenario("x", settle_days=3, days=4))
    found = compartment_summary(untreated)
    assert found is not None
    assert found.days == (-3.0, 0.0, 4.0)
    assert next(row for row in found.rows if row.column == "Tum").change is None


def test_one_quantity_is_given_day_by_day_and_an_unknown_one_refused() -> None:
    run = run_in("mouse")
    burden = quantity_course(run, "tumour burden in tumour")
    scale = species_scales()["mouse"].count_scale
    expected = run.observed["tumour burden in tumour"] * scale
    assert burden["value"].to_list() == expected.to_list()
    assert quantity_course(run, "G-CSF concentration in blood")["unit"][0] == "relative to healthy"
    assert quantity_course(run, "Neu_bl")["unit"][0] == "10^9 cells"
    with pytest.raises(InputError, match="'Neu_bll' is neither .* Did you mean 'Neu_bl'"):
        quantity_course(run, "Neu_bll")
