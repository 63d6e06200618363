import os
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from macroimmune.datasets import write_study
from macroimmune.response import dose_tables
from macroimmune.results import RESULT_TABLES, empty
from macroimmune.study import AnalysisSettings, StimulationSettings, load_study, study_from_frames

DOSES = (0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)
NOTHING = empty("stimulation_responses")


def curve(dose, ec50=0.5):
    return dose / (ec50 + dose)


def study_of(people, levels=None, **settings):
    analysis = replace(AnalysisSettings(), stimulation=StimulationSettings(**settings))
    return study_from_frames(
        "made",
        analysis=analysis,
        participants=pl.DataFrame({"participant_id": people}),
        **({} if levels is None else {"stimulated_levels": pl.DataFrame(levels)}),
    )


def levels_of(person, *, scale=1.0, seed=0, **other):
    rng = np.random.default_rng(seed)
    told = {
        "participant_id": person,
        "sample_id": person,
        "population": "cd4_t",
        "marker": "pSTAT1",
        "stimulus_dose_unit": "nM",
        "unit": "MFI",
        "batch": "B1",
    } | other
    rows = [
        told | {"stimulus": "none", "stimulus_minutes": 15.0, "stimulus_dose": 0.0, "value": 0.0}
    ]
    rows += [
        told
        | {
            "stimulus": "IFN-alpha",
            "stimulus_minutes": 15.0,
            "stimulus_dose": dose,
            "value": scale * (curve(dose) + 0.02 * rng.normal()),
        }
        for dose in DOSES
    ]
    return rows


def tables(study, responses=NOTHING):
    return dose_tables(study, responses, rng=np.random.default_rng(1)).tables


def test_levels_measured_elsewhere_have_a_series_each_and_one_over_participants():
    people = ["P1", "P2", "P3"]
    rows = [row for k, one in enumerate(people) for row in levels_of(one, scale=k + 1, seed=k)]
    found = tables(study_of(people, rows))
    for name, frame in found.items():
        assert list(frame.columns) == list(RESULT_TABLES[name].schema)
    responses = found["dose_responses"]
    assert responses["participant_id"].to_list() == ["", *people]
    whole = responses.row(0, named=True)
    assert whole["series"] == "IFN-alpha, 15 min, cd4_t, pSTAT1"
    assert (whole["n_values"], whole["n_batches"], whole["n_doses"]) == (24, 3, 8)
    assert whole["ec50_ci_low"] < 0.5 < whole["ec50_ci_high"]
    assert (whole["dose_unit"], whole["is_plateau_reached"]) == ("nM", True)
    # Wells without stimulus stand in every series as dose 0.
    points = found["dose_points"].filter(pl.col("series") == whole["series"])
    assert points.filter(pl.col("dose") == 0).height == 3


def test_doses_in_two_units_are_not_fitted():
    people = ["P1", "P2"]
    rows = [*levels_of("P1"), *levels_of("P2", seed=1, stimulus_dose_unit="pM")]
    whole = tables(study_of(people, rows))["dose_responses"].row(0, named=True)
    assert whole["status"] == "no EC50: doses in several units (nM, pM)"
    assert whole["ec50"] is None


def test_one_dose_is_no_series():
    rows = [row for row in levels_of("P1") if row["stimulus_dose"] in (0.0, 1.0)]
    assert all(frame.is_empty() for frame in tables(study_of(["P1"], rows)).values())


def test_of_a_participant_with_two_samples_the_one_with_more_doses_counts():
    early = levels_of("P1", sample_id="early", days_from_treatment_start=-3.0)[:6]
    late = levels_of("P1", sample_id="late", days_from_treatment_start=20.0, seed=2)
    found = tables(study_of(["P1"], [*early, *late]))["dose_responses"]
    assert found["n_values"].to_list() == [8]
    both = [*levels_of("P1", sample_id="early", days_from_treatment_start=-3.0), *late]
    points = tables(study_of(["P1"], both))["dose_points"]
    assert points["value"].to_list()[1:3] == pytest.approx(
        [row["value"] for row in both if row["sample_id"] == "early"][1:3]
    )


def responses_of(person, **other):
    """Return rows of `stimulation_responses`, one per dose, with one unstimulated level."""
    rng = np.random.default_rng(len(person))
    told = {
        "participant_id": person,
        "control": "",
        "sample_id": person,
        "modality": "cytometry",
        "panel": "T",
        "batch": "B1",
        "stimulus": "IFN-alpha",
        "stimulus_id": "ifn_alpha",
        "stimulus_minutes": 15.0,
        "stimulus_dose_unit": "IU/mL",
        "population": "effector_cd4",
        "marker": "pSTAT1",
        "marker_list": "ifn1_early",
        "unit": "arcsinh",
        "mean_unstimulated": 0.2,
        "use": "score",
    } | other
    return [
        told | {"stimulus_dose": dose, "mean_stimulated": 0.2 + curve(dose) + 0.02 * rng.normal()}
        for dose in DOSES
    ]


def as_table(rows):
    return pl.DataFrame(rows, schema=RESULT_TABLES["stimulation_responses"].schema)


def test_wells_of_several_doses_make_a_series_with_the_unstimulated_well_as_dose_0():
    rows = responses_of("P1")
    found = tables(study_of(["P1"]), as_table(rows))
    [row] = found["dose_responses"].to_dicts()
    assert row["series"] == "IFN-alpha, 15 min, effector_cd4, pSTAT1, T, P1"
    assert (row["n_values"], row["n_doses"]) == (8, 8)
    assert row["ec50_ci_low"] < 0.5 < row["ec50_ci_high"]
    assert row["bottom"] == pytest.approx(0.2, abs=0.1)


@pytest.mark.parametrize(
    "other",
    [
        {"marker_list": "", "marker": "CD3"},
        {"population": "nk"},
        {"participant_id": "", "control": "donor"},
        {"use": "none"},
        {"modality": "supplied"},
    ],
)
def test_what_is_not_declared_or_of_no_use_makes_no_series(other):
    rows = responses_of("P1", **other)
    assert tables(study_of(["P1"]), as_table(rows))["dose_responses"].is_empty()


@pytest.mark.data
@pytest.mark.skipif(not os.environ.get("MACROIMMUNE_DATA"), reason="MACROIMMUNE_DATA is not set")
def test_pstat1_rises_with_the_dose_of_interferon_at_every_time_and_in_every_cell(tmp_path):
    write_study("ifn-pstat1-doseresponse", tmp_path)
    study = load_study(tmp_path)
    assert not study.errors
    found = tables(study)["dose_responses"].filter(pl.col("participant_id") == "")
    assert found.height == 2 * 3 * 6
    assert set(found["n_values"]) == {28}
    assert set(found["n_batches"]) == {4}
    assert (found["monotone_p"] < 0.01).all()
    beta = found.filter(
        pl.col("stimulus") == "IFN-beta", pl.col("stimulus_minutes").is_in([20.0, 60.0])
    )
    # Half of the effect of IFN-beta needs tens of picomoles, of IFN-alpha hundreds and more.
    assert beta["ec50"].is_between(1e-11, 1e-10).all()
    assert beta["is_plateau_reached"].all()
    first = found.filter(pl.col("stimulus") == "IFN-beta", pl.col("stimulus_minutes") == 2.5)
    # After 2.5 minutes the highest dose, 2 nM, is still on the slope.
    assert not first["is_plateau_reached"].any()
    assert first["status"].str.contains("the plateau is not reached").all()
