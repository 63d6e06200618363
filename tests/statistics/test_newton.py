from dataclasses import dataclass

import numpy as np
import pytest

from macroimmune.outcomes import Survival
from macroimmune.statistics import cox, logistic
from macroimmune.statistics.newton import maximise

ONE = np.ones(1)


@dataclass(frozen=True)
class At:
    log_likelihood: float
    score: np.ndarray
    information: np.ndarray


def bowl(beta):
    return At(float(-((beta - 3) @ (beta - 3))), -2 * (beta - 3), 2 * np.eye(beta.size))


def steep(beta):
    """Minus log cosh: plain Newton steps from far away overshoot to ever larger values."""
    return At(float(-np.log(np.cosh(beta[0]))), -np.tanh(beta), np.cosh(beta)[:, None] ** -2)


def rising(beta):
    """Minus exp(-b): climbs for ever towards zero."""
    fall = np.exp(-beta)
    return At(float(-fall[0]), fall, fall[:, None])


def test_a_parabola_takes_one_step():
    maximum = maximise(bowl, np.zeros(2), np.ones(2))
    np.testing.assert_allclose(maximum.coefficients, 3)
    assert maximum.problem == ""
    assert maximum.start.log_likelihood == -18


@pytest.mark.parametrize("start", [0.5, 2.0, -3.0])
def test_steps_that_overshoot_are_halved(start):
    maximum = maximise(steep, np.array([start]), ONE)
    assert maximum.problem == ""
    np.testing.assert_allclose(maximum.coefficients, 0, atol=1e-8)


def test_a_likelihood_that_rises_for_ever_is_a_runaway():
    maximum = maximise(rising, np.zeros(1), ONE)
    assert maximum.problem == "runaway"
    assert maximum.runaway == 0


@pytest.mark.parametrize("curvature", [np.zeros((1, 1)), np.full((1, 1), np.nan), np.ones((2, 2))])
def test_no_curvature_at_the_start_is_collinear(curvature):
    size = len(curvature)
    flat = At(0.0, np.zeros(size), curvature)
    assert maximise(lambda _: flat, np.zeros(size), np.ones(size)).problem == "collinear"


def test_a_maximum_that_is_finite_by_a_hair_is_a_status_without_numbers():
    rng = np.random.default_rng(0)
    event = rng.random(60) < 0.5
    marker = 10.0 * event + np.arange(60) / 1000
    survival = Survival(time=rng.exponential(1.0, 60), event=event)
    almost = event.copy()
    almost[[3, 40]] = ~almost[[3, 40]]
    for fit in (
        cox(survival, marker),
        logistic(event, marker),
    ):
        assert "separat" in fit.status
        assert np.isnan([*fit.ci_low, *fit.ci_high, *fit.p_values]).all()
    assert logistic(almost, marker).status == ""
