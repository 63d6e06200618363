"""One large draw that several tests read, and fits that are not our own kernels."""

import numpy as np
import pytest

from macroimmune.simulator import draw_patients


@pytest.fixture(scope="session")
def many():
    """Give 200,000 virtual patients of another seed than the truth was computed with."""
    return draw_patients(200_000, rng=np.random.default_rng(4))


@pytest.fixture(scope="session")
def univariable_cox():
    """Give a univariable Cox fit (Breslow ties) by Newton's method."""
    return _cox


@pytest.fixture(scope="session")
def univariable_logistic():
    """Give a univariable logistic fit by Newton's method."""
    return _logistic


def _cox(time, event, x):
    """Return coefficient and standard error of one covariate."""
    order = np.argsort(time, kind="stable")
    time, event, x = time[order], event[order], x[order] - x.mean()
    # Everybody with the same time is in the same risk set: sums start at the first of them.
    first = np.searchsorted(time, time[event], side="left")
    beta = 0.0
    for _ in range(30):
        weight = np.exp(beta * x)
        s0, s1, s2 = (np.cumsum((weight * power)[::-1])[::-1][first] for power in (1.0, x, x * x))
        mean = s1 / s0
        information = float((s2 / s0 - mean**2).sum())
        step = float((x[event] - mean).sum()) / information
        beta += step
        if abs(step) < 1e-10:
            break
    return beta, information**-0.5


def _logistic(outcome, x):
    """Return slope and standard error."""
    design = np.column_stack([np.ones_like(x), x - x.mean()])
    beta = np.zeros(2)
    for _ in range(30):
        probability = 1.0 / (1.0 + np.exp(-design @ beta))
        weight = probability * (1.0 - probability)
        information = design.T @ (design * weight[:, None])
        step = np.linalg.solve(information, design.T @ (outcome - probability))
        beta += step
        if np.abs(step).max() < 1e-10:
            break
    return float(beta[1]), float(np.linalg.inv(information)[1, 1] ** 0.5)
