"""Virtual patients follow the models that they are said to follow."""

import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.schema import ANALYTES
from macroimmune.simulator import CAUSES, draw_patients, scaled_features


def design(many):
    scaled = scaled_features(many.measured)
    return np.column_stack([
        (scaled[name] - cause.centre) / cause.spread for name, cause in CAUSES.items()
    ])


def test_response_follows_the_stated_logistic_model(many):
    columns = np.column_stack([np.ones(many.response.size), design(many)])
    beta = np.zeros(columns.shape[1])
    for _ in range(30):
        probability = 1.0 / (1.0 + np.exp(-columns @ beta))
        information = columns.T @ (columns * (probability * (1 - probability))[:, None])
        beta += np.linalg.solve(information, columns.T @ (many.response - probability))
    error = np.sqrt(np.diag(np.linalg.inv(information)))
    stated = np.log([0.30 / 0.70, *(cause.odds_ratio for cause in CAUSES.values())])
    assert np.abs((beta - stated) / error).max() < 4.0


@pytest.mark.parametrize("endpoint", ["os", "pfs"])
def test_hazards_follow_the_stated_proportional_model(many, endpoint):
    time = getattr(many, f"{endpoint}_months")
    event = getattr(many, f"{endpoint}_event")
    order = np.argsort(time, kind="stable")
    time, event, x = time[order], event[order], design(many)[order]
    first = np.searchsorted(time, time[event], side="left")
    beta = np.zeros(x.shape[1])
    for _ in range(20):
        weight = np.exp(x @ beta)
        s0 = np.cumsum(weight[::-1])[::-1][first]
        mean = np.cumsum((weight[:, None] * x)[::-1], axis=0)[::-1][first] / s0[:, None]
        # Sum over events of E[x x'] at risk, gathered by patient: each is at risk up to its time.
        cumulative = np.cumsum(1.0 / s0)
        exposure = np.searchsorted(time[event], time, side="right")
        hazard = np.concatenate([[0.0], cumulative])[exposure]
        information = x.T @ (x * (weight * hazard)[:, None]) - mean.T @ mean
        step = np.linalg.solve(information, x[event].sum(axis=0) - mean.sum(axis=0))
        beta += step
        if np.abs(step).max() < 1e-9:
            break
    error = np.sqrt(np.diag(np.linalg.inv(information)))
    stated = np.log([cause.hazard_ratio for cause in CAUSES.values()])
    assert np.abs((beta - stated) / error).max() < 4.0


def test_progression_free_survival_never_outlasts_overall_survival(many):
    assert (many.pfs_months <= many.os_months).all()
    assert not (many.os_event & ~many.pfs_event).any()


def test_both_endpoints_have_events_and_censoring(many):
    assert 0.4 < many.os_event.mean() < 0.7
    assert 0.7 < many.pfs_event.mean() < 0.95


def test_blood_values_lie_within_what_can_occur(many):
    for analyte in ("neutrophils", "lymphocytes", "monocytes", "eosinophils", "leukocytes", "ldh"):
        values = many.measured[analyte]
        assert values.min() >= ANALYTES[analyte].low
        assert values.max() <= ANALYTES[analyte].high


def test_counts_of_inflammation_go_together(many):
    correlation = np.corrcoef(
        np.log([many.measured[name] for name in ("neutrophils", "ldh", "lymphocytes")])
    )
    assert correlation[0, 1] == pytest.approx(0.55 * 0.50, abs=0.01)
    assert correlation[0, 2] == pytest.approx(0.55 * -0.35, abs=0.01)


def test_a_cohort_of_nobody_is_refused():
    with pytest.raises(InputError, match="at least 1 patient"):
        draw_patients(0, rng=np.random.default_rng(1))
