"""Serum proteins: plates, wells and limits can be measured out of the table again."""

import numpy as np
import polars as pl
import pytest

from macroimmune.simulator.features import LIMITS_OF_DETECTION
from macroimmune.simulator.plan import ProteinsPlan, StudyPlan

NAMES = {"IL-6": "il6", "IL-8": "il8", "TNF": "tnf", "IL-2": "il2", "IL-10": "il10", "IL-4": "il4"}


@pytest.fixture(scope="module")
def proteins(drawn):
    return drawn.tables["serum_proteins.csv"]


def first_errors(drawn, table, analyte):
    """Return the log of measured over true at first draws, with the plate, of detected ones."""
    people = pl.DataFrame({
        "Patient": drawn.people.participant_ids,
        "true": drawn.people.baseline[NAMES[analyte]],
    })
    rows = table.filter((pl.col("Day") <= 0) & (pl.col("Analyte") == analyte))
    rows = rows.filter(~pl.col("Result pg/mL").str.starts_with("<")).join(people, on="Patient")
    error = rows["Result pg/mL"].cast(pl.Float64).log() - rows["true"].log()
    return rows.with_columns(error=error)


def test_plates_and_wells_differ_as_stated(draw):
    stated = ProteinsPlan(plate_effect=0.3, noise=0.1, per_plate=20)
    found = draw(StudyPlan(patients=3000, proteins=stated, seed=3))
    rows = first_errors(found, found.tables["serum_proteins.csv"], "IL-8")
    # Rare values near the limit are left out as undetected: IL-8 is nearly always far above it.
    per_plate = rows.group_by("Plate").agg(
        pl.col("error").mean(), pl.col("error").var().alias("within"), pl.len().alias("n")
    )
    within = float(np.sqrt(per_plate["within"].mean()))
    between = float(np.sqrt(per_plate["error"].var() - (within**2 / per_plate["n"]).mean()))
    assert per_plate.height > 300
    assert within == pytest.approx(0.1, rel=0.06)
    assert between == pytest.approx(0.3, rel=0.12)


def test_the_truth_leaves_nothing_but_the_error_of_wells_at_any_draw(drawn, proteins):
    draws = drawn.samples
    tubes = pl.DataFrame({
        "sample_id": draws.sample_ids,
        "Patient": drawn.people.participant_ids[draws.participant],
        "Day": draws.days,
    })
    true = drawn.truth["serum_proteins.csv"]
    assert true.height == draws.days.size * len(NAMES)
    measured = proteins.filter(~pl.col("Result pg/mL").str.starts_with("<")).join(
        tubes, on=["Patient", "Day"]
    )
    both = measured.filter(pl.col("Analyte") == "TNF").join(
        true, left_on=["sample_id", "Analyte", "Plate"], right_on=["sample_id", "analyte", "plate"]
    )
    assert both.height == measured.filter(pl.col("Analyte") == "TNF").height
    ratio = (both["Result pg/mL"].cast(pl.Float64) / both["true_pg_ml"]).log()
    error = ratio - both["plate_log_factor"]
    assert error.std() == pytest.approx(drawn.plan.proteins.noise, rel=0.05)


def test_all_tubes_of_a_person_are_on_one_plate_and_no_plate_is_over_full(drawn, proteins):
    assert proteins.group_by("Patient").agg(pl.col("Plate").n_unique())["Plate"].max() == 1
    tubes = proteins.select("Patient", "Day", "Plate").unique()
    assert tubes["Plate"].value_counts()["count"].max() <= drawn.plan.proteins.per_plate


def test_plates_do_not_go_with_response(drawn, proteins):
    people = pl.DataFrame({
        "Patient": drawn.people.participant_ids,
        "response": drawn.outcomes.response,
    })
    patients = proteins.filter(pl.col("Patient").str.starts_with("V"))
    of_plate = patients.select("Patient", "Plate").unique().join(people, on="Patient")
    shares = of_plate.group_by("Plate").agg(pl.col("response").mean(), pl.len().alias("n"))
    mean = of_plate["response"].mean()
    chi = ((shares["response"] - mean) ** 2 * shares["n"] / (mean * (1 - mean))).sum()
    freedom = shares.height - 1
    assert abs(chi - freedom) < 4 * np.sqrt(2 * freedom)


@pytest.mark.parametrize("analyte", NAMES)
def test_levels_below_the_limit_are_written_as_undetected_and_all_others_as_numbers(
    proteins, analyte
):
    limit = LIMITS_OF_DETECTION[NAMES[analyte]]
    rows = proteins.filter(Analyte=analyte)
    assert rows["LOD"].unique().to_list() == [limit]
    is_below = rows["Result pg/mL"].str.starts_with("<")
    assert rows.filter(is_below)["Result pg/mL"].unique().to_list() in ([], [f"<{limit:g}"])
    numbers = rows.filter(~is_below)["Result pg/mL"].cast(pl.Float64)
    assert numbers.min() >= limit


def test_as_many_are_undetected_as_lie_below_the_limit(drawn, proteins):
    patients = drawn.people.is_patient
    rows = proteins.filter(
        (pl.col("Analyte") == "IL-4") & (pl.col("Day") <= 0) & pl.col("Patient").str.contains("V")
    )
    true = (drawn.people.baseline["il4"][patients] < LIMITS_OF_DETECTION["il4"]).mean()
    assert rows["Result pg/mL"].str.starts_with("<").mean() == pytest.approx(true, abs=0.05)


def test_the_stated_share_of_tubes_is_missing(drawn, proteins):
    tubes = proteins.select("Patient", "Day").n_unique()
    assert 1 - tubes / drawn.samples.days.size == pytest.approx(0.06, abs=0.015)
    assert proteins.select("Patient", "Day", "Analyte").is_duplicated().sum() == 0
