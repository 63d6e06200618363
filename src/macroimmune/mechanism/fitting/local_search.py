"""Search for the least loss near a start: steps on the picture that slopes give, block by block."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.mechanism.fitting.loss import local_loss
from macroimmune.mechanism.fitting.objective import Objective

__all__ = ["Found", "search"]

Floats = NDArray[np.float64]
Measure = Callable[[Floats], Floats]

_SLOPE_STEP = 0.1
_FIRST_REACH = 0.4
_GREATEST_REACH = 1.6
_LEAST_REACH = 0.005
# A round through all blocks that gains less than this share is followed by shorter steps.
_WORTH_ANOTHER_ROUND = 0.002
# How far inside its region a claim is wanted, on the log scale; less where steps are short.
_AIM = 0.03
_AIM_OF_REACH = 0.1


@dataclass(frozen=True, slots=True)
class Found:
    """Where a search ended.

    Parameters
    ----------
    logs : (p,) array
        Logarithms of the parameters.
    loss : float
    measured : (n,) array
    evaluations : int
    """

    logs: Floats
    loss: float
    measured: Floats
    evaluations: int


def search(
    objective: Objective,
    start: Floats,
    *,
    evaluations: int,
    block: int,
    rng: np.random.Generator,
    measure: Measure | None = None,
    progress: Callable[[int, float], None] | None = None,
) -> Found:
    """Return the point of least loss that was met.

    Parameters
    ----------
    objective : Objective
    start : (p,) array
        Logarithms of the parameters.
    evaluations : int
        How often the model may be asked.
    block : int
        Parameters per step.
    rng : Generator
        Deals the parameters into blocks.
    measure : callable or None
        From logarithms to measured numbers; None: the objective's own.
    progress : callable or None
        Called with evaluations and the least loss after each.

    Notes
    -----
    Convention: a step takes the slopes of all terms along one block of parameters by forward
    differences, finds the least loss of that picture (hinges and squares are convex in it) within
    a reach, and asks the model there, again at shorter steps where the model disagrees. A point
    met while slopes are taken is kept if it is the best. Hinges have corners and most claims are
    flat in most parameters, so the loss alone says little on where to go; its terms say more.
    """
    state = _State(objective, measure or objective.measured, progress, evaluations)
    best = state.at(np.clip(start, objective.space.low, objective.space.high))
    reach = _FIRST_REACH
    while state.left > 1 and reach >= _LEAST_REACH:
        before = best.loss
        order = rng.permutation(len(start))
        for first in range(0, len(order), block):
            best, reach = _block_step(state, best, order[first : first + block], reach)
        if best.loss > before - _WORTH_ANOTHER_ROUND * before:
            reach /= 4
    return Found(best.logs, best.loss, best.measured, state.done)


@dataclass(frozen=True, slots=True)
class _Point:
    logs: Floats
    loss: float
    measured: Floats


class _State:
    def __init__(
        self,
        objective: Objective,
        measure: Measure,
        progress: Callable[[int, float], None] | None,
        evaluations: int,
    ) -> None:
        self.objective, self._measure = objective, measure
        self._say = progress or (lambda done, loss: None)
        self._allowed, self._least = evaluations, np.inf
        self.done = 0

    @property
    def left(self) -> int:
        return self._allowed - self.done

    def at(self, logs: Floats) -> _Point:
        measured = self._measure(logs)
        loss = self.objective.loss(logs, measured)
        self.done += 1
        self._least = min(self._least, loss)
        self._say(self.done, self._least)
        return _Point(logs, loss, measured)


def _block_step(
    state: _State, best: _Point, chosen: NDArray[np.int64], reach: float
) -> tuple[_Point, float]:
    """Return the best point after a step along a block, and the reach of the next step."""
    chosen = chosen[: max(state.left - 1, 0)]
    if not len(chosen):
        return best, reach
    slopes, nearby = _slopes(state, best, chosen)
    for shorter in (1.0, 0.5, 0.25):
        if not state.left:
            break
        landed = state.at(_step(state.objective, best, slopes, chosen, reach * shorter))
        if landed.loss < min(best.loss, nearby.loss):
            return landed, min(1.5 * reach * shorter, _GREATEST_REACH)
    return nearby, reach / 2 if nearby is best else reach


def _slopes(state: _State, best: _Point, chosen: NDArray[np.int64]) -> tuple[Floats, _Point]:
    """Return slopes along the chosen parameters, and the best of the points that gave them."""
    space = state.objective.space
    slopes = np.zeros((len(best.measured), len(chosen)))
    nearby = best
    for column, parameter in enumerate(chosen):
        forward = best.logs[parameter] + _SLOPE_STEP <= space.high[parameter]
        step = _SLOPE_STEP if forward else -_SLOPE_STEP
        logs = best.logs.copy()
        logs[parameter] = np.clip(
            logs[parameter] + step, space.low[parameter], space.high[parameter]
        )
        point = state.at(logs)
        slopes[:, column] = (point.measured - best.measured) / (
            logs[parameter] - best.logs[parameter]
        )
        nearby = min((nearby, point), key=lambda one: one.loss)
    return slopes, nearby


def _step(
    objective: Objective,
    best: _Point,
    slopes: Floats,
    chosen: NDArray[np.int64],
    reach: float,
) -> Floats:
    """Return the point where the picture has its least loss within the reach."""
    # Slow to import, and needed where something is fitted alone.
    from scipy.optimize import minimize

    space = objective.space
    low = np.maximum(space.low[chosen] - best.logs[chosen], -reach)
    high = np.minimum(space.high[chosen] - best.logs[chosen], reach)
    away = best.logs[chosen] - space.centre[chosen]
    aim = min(_AIM, _AIM_OF_REACH * reach)

    def picture(move: Floats) -> tuple[float, Floats]:
        loss, gradient = local_loss(best.measured, slopes, objective.terms, move, aim)
        prior = (away + move) / space.sd[chosen]
        return loss + float(prior @ prior), gradient + 2 * prior / space.sd[chosen]

    found = minimize(
        picture, np.zeros(len(chosen)), jac=True, bounds=list(zip(low, high, strict=True))
    )
    logs = best.logs.copy()
    logs[chosen] = np.clip(logs[chosen] + found.x, space.low[chosen], space.high[chosen])
    return logs
