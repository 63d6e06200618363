from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

from macroimmune.association import associate
from macroimmune.association.endpoint_data import endpoint_data
from macroimmune.association.time_dependent import ADJUSTED, METHOD, time_dependent
from macroimmune.features import compute_features
from macroimmune.statistics import DatedValues, cox, time_dependent_rows
from macroimmune.study import AnalysisSettings

VISITS = np.array([14.0, 28.0, 42.0, 70.0, 98.0, 126.0, 154.0])
SETTINGS = AnalysisSettings(time_dependent=True)


@pytest.fixture
def rising(make_study, make_features, make_definition):
    """Return a function that draws a marker that rises with every visit and does nothing."""

    def build(rng, analysis=SETTINGS, n=80, timing="on treatment"):
        ids = [f"P{number}" for number in range(n)]
        death, end = rng.exponential(120.0, n), rng.uniform(100.0, 400.0, n)
        time = np.minimum(death, end)
        rows = [
            (one, "marker", float(day), float(day / 30.0 + rng.normal()))
            for one, until in zip(ids, time, strict=True)
            for day in VISITS[until > VISITS]
        ]
        outcomes = [
            {"participant_id": one, "os_time_days": t, "os_event": bool(seen)}
            for one, t, seen in zip(ids, time.tolist(), death <= end, strict=True)
        ]
        study = make_study(
            participants=[{"participant_id": one} for one in ids],
            outcomes=outcomes,
            analysis=analysis,
        )
        definition = make_definition("marker", scale="npx", timing=timing)
        return study, make_features(*rows, definitions=(definition,))

    return build


def test_the_row_is_the_start_stop_model(rising):
    study, features = rising(np.random.default_rng(1))
    found = associate(study, features)
    (row,) = found.associations.to_dicts()
    assert (row["method"], row["landmark_days"]) == (METHOD, None)
    (data,) = endpoint_data(study)
    place = {one: k for k, one in enumerate(study.participants["participant_id"])}
    frame = features.frame
    rows = time_dependent_rows(
        data.survival,
        [
            DatedValues(
                np.array([place[one] for one in frame["participant_id"]]),
                frame["days_from_treatment_start"].to_numpy(),
                frame["value"].to_numpy(),
            )
        ],
    )
    known = ~np.isnan(rows.values[:, 0])
    pieces = rows.rows.select(known)
    fit = cox(pieces.survival, rows.values[known], cluster=pieces.participant)
    assert row["estimate"] == pytest.approx(fit.hazard_ratios[0], rel=1e-12)
    assert row["p_value"] == pytest.approx(fit.p_values[0], rel=1e-9)
    # Those who died or left before the first visit are in no estimate.
    assert row["n"] == pieces.n_participants < 80
    assert row["n_excluded"] == 80 - row["n"]
    assert row["n_events"] == fit.n_events
    in_ledger = found.ledger.filter(method=METHOD)
    assert in_ledger["q_value"].to_list() == [row["q_value"]]
    assert "time-dependent covariates" in " ".join(found.methods)


def test_undetected_values_are_counted_in_the_row_and_named_in_the_methods(rising):
    study, features = rising(np.random.default_rng(1))
    hidden = pl.col("value") < 0.5
    frame = features.frame.with_columns(below_limit=hidden, value=pl.max_horizontal("value", 0.5))
    found = associate(study, replace(features, frame=frame))
    (row,) = found.associations.to_dicts()
    (data,) = endpoint_data(study)
    assert data.known.all()
    n_below = frame["below_limit"].sum()
    assert 0 < n_below < frame.height
    assert (
        f"{n_below} of {frame.height} values undetected: they stand at their limits"
        in (row["status"])
    )
    paragraph = " ".join(found.methods)
    assert "Ranks, curves, time-dependent models and tests of proportional hazards" in paragraph
    # "Not detected" of a feature that is detected or not is its value, and stands at no limit.
    flags = frame.with_columns(value=(~pl.col("below_limit")).cast(float))
    definition = replace(features.computed[0], scale="flag")
    found = associate(study, replace(features, frame=flags, computed=(definition,)))
    assert "limits" not in found.associations["status"][0]
    assert "limits" not in " ".join(found.methods)


def test_an_effect_per_sd_does_not_follow_the_number_of_samples(rising, make_definition):
    study, features = rising(np.random.default_rng(1))
    per_sd = replace(features, computed=(replace(features.computed[0], scale="sd"),))
    (once,) = associate(study, per_sd).associations.to_dicts()
    first = per_sd.frame.sort("days_from_treatment_start").group_by("participant_id")
    # The same values again a day later: no value, event or risk set is another.
    again = per_sd.frame.with_columns(pl.col("days_from_treatment_start") + 0.25)
    few = again["participant_id"].unique().sort()[:8]
    many = pl.concat([per_sd.frame, again.filter(pl.col("participant_id").is_in(few.implode()))])
    (twice,) = associate(study, replace(per_sd, frame=many)).associations.to_dicts()
    assert twice["estimate"] == pytest.approx(once["estimate"], rel=1e-9)
    # With one value each it is the ordinary SD over participants.
    alone = replace(per_sd, frame=first.first().select(per_sd.frame.columns))
    (row,) = associate(study, alone).associations.to_dicts()
    plain = replace(alone, computed=features.computed)
    (unit,) = associate(study, plain).associations.to_dicts()
    sd = alone.frame["value"].std()
    assert np.log(row["estimate"]) == pytest.approx(np.log(unit["estimate"]) * sd, rel=1e-6)


def test_immortal_time_has_no_effect_in_a_run(rising):
    rng, hits = np.random.default_rng(20240310), 0
    for _ in range(200):
        study, features = rising(rng)
        (row,), _ = time_dependent(study, features, [], endpoint_data(study))
        hits += row.p_value < 0.05
    assert binomtest(hits, 200, 0.05).pvalue > 0.003, hits


def test_it_must_be_asked_for(rising):
    study, features = rising(np.random.default_rng(2), analysis=AnalysisSettings())
    found = associate(study, features)
    assert found.ledger.is_empty()
    assert all(status.startswith("refused") for status in found.associations["status"])
    assert "time-dependent" not in " ".join(found.methods)


def test_landmark_and_time_dependent_rows_stand_side_by_side(rising):
    analysis = AnalysisSettings(time_dependent=True, landmarks_days=(42.0,))
    study, features = rising(np.random.default_rng(3), analysis=analysis)
    found = associate(study, features)
    methods = found.associations.select("landmark_days", "method").rows()
    assert sorted(methods, key=str) == [(42.0, "Cox model, continuous"), (None, METHOD)]
    paragraph = " ".join(found.methods)
    assert "tested at the landmark (day 42)" in paragraph
    assert "only at the landmark" not in paragraph


def test_a_change_is_adjusted_for_its_baseline(draw_study):
    analysis = AnalysisSettings(time_dependent=True, endpoints=("os", "response"))
    study = draw_study(rng=np.random.default_rng(4), later=True, analysis=analysis)
    found = associate(study, compute_features(study))
    later = found.associations.filter(pl.col("feature").str.ends_with("_change"))
    of_survival = later.filter(endpoint="os")
    assert set(of_survival["method"]) == {ADJUSTED}
    # Lymphocytes are drawn without a change.
    missing = of_survival.filter(pl.col("estimate").is_null())
    assert missing["feature"].to_list() == ["lymphocytes_change"]
    assert "does not vary" in missing["status"][0]
    of_response = later.filter(endpoint="response")
    assert all(status.startswith("refused") for status in of_response["status"])
    assert of_response.height == of_survival.height > 0
    keys = ["feature", "endpoint", "landmark_days", "method"]
    assert not found.ledger.select(keys).is_duplicated().any()


def test_values_after_the_end_are_dropped_and_counted(make_study, make_features, make_definition):
    rng = np.random.default_rng(5)
    ids = [f"P{k}" for k in range(30)]
    outcomes = [
        {"participant_id": one, "os_time_days": 50.0 + k, "os_event": True, "entry_days": entry}
        for k, one in enumerate(ids)
        for entry in [20.0 if k % 2 else None]
    ]
    study = make_study(
        participants=[{"participant_id": one} for one in ids], outcomes=outcomes, analysis=SETTINGS
    )
    # A value on day 10, before half of them came under observation, and one too late.
    rows = [(one, "marker", 10.0, float(rng.normal())) for one in ids]
    late = [("P3", "marker", 60.0, 99.0), ("P4", "marker", 54.0, -99.0)]
    features = make_features(
        *rows, *late, definitions=(make_definition("marker", scale="npx", timing="on treatment"),)
    )
    (row,) = associate(study, features).associations.to_dicts()
    assert row["n"] == 30
    assert row["status"] == (
        "values after the end of follow-up, dropped: 1; on its last day, unused: 1"
    )
    (data,) = endpoint_data(study)
    # Everybody's value of day 10 holds from then, or from entry on.
    start = np.where(np.arange(30) % 2, 20.0, 10.0)
    alone = cox(
        type(data.survival)(time=data.survival.time, event=data.survival.event, entry=start),
        np.array([value for *_, value in rows]),
        cluster=np.arange(30),
    )
    assert row["estimate"] == pytest.approx(alone.hazard_ratios[0], rel=1e-9)


@pytest.mark.parametrize("rows", [[], [("P0", "marker", 5.0, 1.0)]])
def test_nothing_measured_or_no_events_are_a_status(
    rows, make_study, make_features, make_definition
):
    study = make_study(
        participants=[{"participant_id": f"P{k}"} for k in range(4)],
        outcomes=[
            {"participant_id": f"P{k}", "os_time_days": 9.0, "os_event": k > 0} for k in range(4)
        ],
        analysis=SETTINGS,
    )
    features = make_features(
        *rows, definitions=(make_definition("marker", scale="npx", timing="on treatment"),)
    )
    (row,) = associate(study, features).associations.to_dicts()
    assert row["estimate"] is None
    expected = "no events" if rows else "no participant with this endpoint has a value after"
    assert row["status"].startswith(expected)
