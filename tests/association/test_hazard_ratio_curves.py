import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate
from macroimmune.association.endpoint_data import endpoint_data
from macroimmune.association.hazard_ratio_curves import KIND, hazard_ratio_curves
from macroimmune.association.values import participant_values
from macroimmune.features import compute_features
from macroimmune.results import conform
from macroimmune.statistics import hazard_ratio_over_time
from macroimmune.study import AnalysisSettings

KEYS = ["feature", "endpoint", "landmark_days"]


@pytest.fixture(scope="module")
def analysis():
    return AnalysisSettings(endpoints=("os", "pfs", "response"), landmarks_days=(42.0,))


def test_the_curve_in_the_results_is_that_of_the_model(draw_study, analysis):
    study = draw_study(rng=np.random.default_rng(5), later=True, analysis=analysis)
    features = compute_features(study)
    found = associate(study, features)
    drawn = found.curves.filter(curve=KIND)
    assert set(drawn["endpoint"]) == {"os", "pfs"}
    assert set(drawn["landmark_days"]) == {None, 42.0}
    # By hand: NLR on the log2 scale, from time zero.
    (values,) = (
        value
        for value in participant_values(
            features, study.participants["participant_id"], window=(-42, 0)
        )
        if value.definition.id == "nlr"
    )
    (data,) = (item for item in endpoint_data(study) if item.endpoint.id == "os")
    curve = hazard_ratio_over_time(data.survival, values.on_scale, points=24)
    of_nlr = drawn.filter(
        pl.col("feature") == "nlr", pl.col("endpoint") == "os", pl.col("landmark_days").is_null()
    )
    np.testing.assert_allclose(of_nlr["y"], curve.hazard_ratio[:, 0])
    np.testing.assert_allclose(of_nlr["ci_high"], curve.ci_high[:, 0])
    np.testing.assert_allclose(of_nlr["x"], curve.time)
    assert of_nlr["n"][0] == (data.survival.time >= curve.time[0]).sum()
    assert of_nlr["group"][0] == "per doubling"


def rows_of_tests(found, n):
    """Many rows as if as many features had been tested, each with its own p and q."""
    one = found.associations.filter(pl.col("proportional_hazards_p_value").is_not_null())[:1]
    return conform("associations", pl.concat([one] * n)).with_columns(
        feature=pl.Series([f"f{k}" for k in range(n)])
    )


def test_the_rule_picks_signs_of_drift_and_the_smallest_q(
    draw_study, make_features, make_definition, analysis
):
    study = draw_study(rng=np.random.default_rng(6), analysis=analysis)
    rows = rows_of_tests(associate(study, compute_features(study)), 130).with_columns(
        # 0 ... 99 drift, 100 ... 129 do not and have the smallest q, but two have few events.
        proportional_hazards_p_value=pl.Series([*np.linspace(0.001, 0.049, 100), *[0.5] * 30]),
        q_value=pl.Series([*[0.9] * 100, *np.linspace(0.01, 0.3, 30)]),
        n_events=pl.Series([50] * 100 + [19, 19] + [50] * 28),
    )
    rng = np.random.default_rng(7)
    people = study.participants["participant_id"]
    definitions = tuple(make_definition(f"f{k}", scale="sd") for k in range(130))
    features = make_features(
        *((who, f"f{k}", 0.0, float(rng.normal())) for k in range(130) for who in people),
        definitions=definitions,
    )
    values = participant_values(features, people, window=(-42, 0))
    looks = [(values, endpoint_data(study))]
    drawn = {curve.feature for curve in hazard_ratio_curves(study, looks, rows)}
    assert drawn == {f"f{k}" for k in (*range(80), *range(102, 122))}


def test_few_events_have_no_curve(draw_study, analysis):
    study = draw_study(30, rng=np.random.default_rng(8), analysis=analysis)
    found = associate(study, compute_features(study))
    few = found.associations.filter(pl.col("n_events") < 20)
    assert few.height
    assert found.curves.filter(curve=KIND).join(few, on=KEYS, nulls_equal=True).is_empty()


def test_without_survival_nothing_is_drawn_over_time(draw_study):
    study = draw_study(
        rng=np.random.default_rng(9), analysis=AnalysisSettings(endpoints=("response",))
    )
    found = associate(study, compute_features(study))
    assert found.curves.filter(curve=KIND).is_empty()
    assert "Schoenfeld" not in " ".join(found.methods)
