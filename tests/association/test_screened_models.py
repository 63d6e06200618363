"""A run with the models of all features fitted at once is the run with one model at a time."""

import sys
from dataclasses import astuple

import numpy as np
import pytest
from polars.testing import assert_frame_equal

from macroimmune.association import associate
from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.response_association import response_association
from macroimmune.association.screened_models import NOT_SCREENED, screened_models
from macroimmune.association.survival_association import survival_association
from macroimmune.association.values import ParticipantValues
from macroimmune.features import compute_features
from macroimmune.outcomes import Survival
from macroimmune.schema import ENDPOINTS
from macroimmune.study import AnalysisSettings

N = 60
KNOWN = np.arange(N) % 10 != 0


@pytest.fixture
def outcomes():
    rng = np.random.default_rng(8)
    time = np.ceil(rng.exponential(300, N)) + 1.0
    return time, rng.random(N) < 0.6, np.floor(rng.random(N) * time), rng.random(N) < 0.4


@pytest.fixture
def features(outcomes, make_definition):
    time, event, _, response = outcomes
    rng = np.random.default_rng(9)
    columns = {
        "usual": rng.normal(size=N),
        "gaps": np.where(rng.random(N) < 0.4, np.nan, rng.normal(size=N)),
        "nobody": np.full(N, np.nan),
        "unknown outcome": np.where(KNOWN, np.nan, 1.0 + np.arange(N)),
        "constant": np.full(N, 3.0),
        "flag": rng.integers(0, 2, N).astype(float),
        "separates response": np.where(response, 5.0, 1.0) + rng.random(N),
        "all but separates": np.where(response & (np.arange(N) != 7), 50.0, 1.0),
        "separates survival": np.where(event, 2000.0 - time, 0.0),
        "one value": np.where(np.arange(N) == 11, 1.0, np.nan),
        "change": rng.normal(size=N),
        "part": rng.normal(size=N),
    }
    found = []
    for name, values in columns.items():
        scale = "flag" if name == "flag" else "sd"
        ends = ("os", "response") if name == "part" else ()
        definition = make_definition(name, scale=scale, part_of_endpoints=ends)
        baseline = rng.normal(size=N) if name == "change" else None
        found.append(ParticipantValues(definition, None, values, values, baseline))
    return found


def alike(one, other):
    """Say that two records hold the same words, and numbers equal to 1e-8."""
    for first, second in zip(astuple(one), astuple(other), strict=True):
        if isinstance(first, float):
            np.testing.assert_allclose(second, first, rtol=1e-8, atol=1e-300)
        else:
            assert second == first


@pytest.mark.parametrize("stratified", [False, True])
@pytest.mark.parametrize("late", [False, True])
def test_survival_models_are_those_of_each_feature_alone(features, outcomes, stratified, late):
    time, event, entry, _ = outcomes
    survival = Survival(time=time, event=event, entry=entry if late else None)
    data = EndpointData(ENDPOINTS["os"], KNOWN, survival.select(KNOWN), None)
    strata = np.arange(N) % 3 if stratified else None
    models = screened_models(features, data, strata)
    missing = [f.definition.id for f, m in zip(features, models, strict=True) if m.cox is None]
    assert missing == ["nobody", "unknown outcome", "change", "part"]
    for feature, model in zip(features, models, strict=True):
        row, entries, spline = survival_association(feature, data, strata, fitted=model.cox)
        own_row, own_entries, own_spline = survival_association(feature, data, strata)
        alike(own_row, row)
        for own, entry_found in zip(own_entries, entries, strict=True):
            alike(own, entry_found)
        assert (spline is None) == (own_spline is None)


def test_response_models_are_those_of_each_feature_alone(features, outcomes):
    data = EndpointData(ENDPOINTS["response"], KNOWN, None, outcomes[3][KNOWN])
    models = screened_models(features, data, None)
    assert sum(model.response is not None for model in models) == len(features) - 4
    firth = 0
    for feature, model in zip(features, models, strict=True):
        rows, entries = response_association(feature, data, None, fitted=model.response)
        own_rows, own_entries = response_association(feature, data, None)
        for own, found in zip([*own_rows, *own_entries], [*rows, *entries], strict=True):
            alike(own, found)
        firth += "Firth" in rows[0].method
    assert firth == 2


def test_binary_endpoints_within_strata_keep_their_exact_model(features, outcomes):
    data = EndpointData(ENDPOINTS["response"], KNOWN, None, outcomes[3][KNOWN])
    assert screened_models(features, data, np.arange(N) % 3) == [NOT_SCREENED] * len(features)


def test_more_features_than_are_fitted_at_once_keep_their_places(features, outcomes, monkeypatch):
    time, event, _, _ = outcomes
    data = EndpointData(
        ENDPOINTS["os"], KNOWN, Survival(time=time, event=event).select(KNOWN), None
    )
    together = screened_models(features, data, None)
    monkeypatch.setattr("macroimmune.association.screened_models._AT_ONCE", 2)
    for one, other in zip(together, screened_models(features, data, None), strict=True):
        assert (one.cox is None) == (other.cox is None)
        if one.cox is not None:
            np.testing.assert_array_equal(one.cox.coefficients, other.cox.coefficients)


def test_the_tables_of_a_run_are_those_of_one_model_at_a_time(draw_study, monkeypatch):
    analysis = AnalysisSettings(landmarks_days=(42.0,), endpoints=("os", "pfs", "response"))
    study = draw_study(rng=np.random.default_rng(6), later=True, arms=("A", "B"), analysis=analysis)
    features = compute_features(study)
    at_once = associate(study, features)
    monkeypatch.setattr(
        sys.modules["macroimmune.association.each_feature"],
        "screened_models",
        lambda values, *_: [NOT_SCREENED] * len(values),
    )
    one_by_one = associate(study, features)
    for name in ("associations", "ledger", "agreement", "predictive", "curves"):
        assert_frame_equal(
            getattr(at_once, name), getattr(one_by_one, name), rel_tol=1e-8, abs_tol=1e-12
        )
    assert at_once.associations["estimate"].count() > 20
