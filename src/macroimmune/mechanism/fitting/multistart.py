"""A fit from many starts, each in a process of its own, that goes on after a kill."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from macroimmune.mechanism.acceptance import claims_state
from macroimmune.mechanism.fitting.fitted_parameters import ParameterSpace
from macroimmune.mechanism.fitting.local_search import Found, search
from macroimmune.mechanism.fitting.objective import Objective
from macroimmune.work import WorkTask, load_record, run_tasks, save_record

__all__ = ["FitPlan", "fit", "latin_starts"]

Floats = NDArray[np.float64]

_FOUND = "found.npz"


@dataclass(frozen=True, slots=True)
class FitPlan:
    """How a fit is done.

    Parameters
    ----------
    starts : int
        The first is the table as it stands; the others are a Latin hypercube in its range.
    evaluations : int
        How often each start may ask the model.
    block : int
        Parameters that move together.
    seed : int
    parameters : tuple of str
        The only ones that are moved; empty: all that a fit may move.
    """

    starts: int
    evaluations: int
    block: int = 20
    seed: int = 1
    parameters: tuple[str, ...] = ()

    def objective(self, make_objective: Callable[[], Objective]) -> Objective:
        """Return the objective over the parameters that are moved."""
        whole = make_objective()
        if not self.parameters:
            return whole
        return replace(whole, space=whole.space.subset(self.parameters))


def latin_starts(space: ParameterSpace, starts: int, rng: np.random.Generator) -> Floats:
    """Return starts: the table's values, then one per stratum of every parameter's range.

    Returns
    -------
    logs : (starts, p) array
    """
    others = starts - 1
    places = np.empty((others, len(space.names)))
    for column in range(len(space.names)):
        places[:, column] = (rng.permutation(others) + rng.random(others)) / max(others, 1)
    return np.vstack([space.start, space.low + places * (space.high - space.low)])


def fit(
    make_objective: Callable[[], Objective],
    plan: FitPlan,
    folder: Path,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Found]:
    """Return what each start found, the least loss first.

    Parameters
    ----------
    make_objective : callable
        A function at the top of a module; each process calls it once.
    plan : FitPlan
    folder : Path
        Keeps every evaluation; the same fit in the same folder goes on where it was.
    workers : int
        Processes.
    progress : callable or None
        Called with (starts done, starts).
    """
    objective = plan.objective(make_objective)
    rng = np.random.default_rng(plan.seed)
    rows = latin_starts(objective.space, plan.starts, rng)
    key = _key(objective, plan)
    tasks = [
        WorkTask(
            f"start-{number}-{key}",
            _one_start,
            (make_objective, plan, number, row, folder / f"asked-{number}-{key}.jsonl"),
        )
        for number, row in enumerate(rows)
    ]
    run_tasks(tasks, folder, workers=workers, progress=progress)
    found = [load_record(folder / task.key / _FOUND, Found) for task in tasks]
    return sorted(found, key=lambda one: one.loss)


def _key(objective: Objective, plan: FitPlan) -> str:
    """Return a key that changes with the model, how claims are read, the terms and the plan."""
    terms = objective.terms
    numbers = [terms.centre, terms.sd, terms.low, terms.high, terms.weight, objective.space.start]
    told = [claims_state(), objective.space.names, terms.names, repr(plan)]
    content = json.dumps(told).encode() + b"".join(array.tobytes() for array in numbers)
    return sha256(content).hexdigest()[:16]


def _one_start(
    arguments: tuple[Callable[[], Objective], FitPlan, int, Floats, Path], folder: Path
) -> None:
    make_objective, plan, number, start, asked = arguments
    objective = plan.objective(make_objective)
    found = search(
        objective,
        start,
        evaluations=plan.evaluations,
        block=plan.block,
        rng=np.random.default_rng([plan.seed, number]),
        measure=partial(_asked_once, _Answers(asked), objective),
    )
    save_record(folder / _FOUND, found)


class _Answers:
    """What the model answered before, by the parameters; a line per answer."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.known: dict[str, Sequence[float | None]] = {}
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        # A kill can leave the last line half written.
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            file.write_text(whole, encoding="utf-8")
        for line in whole.splitlines():
            one = json.loads(line)
            self.known[one["asked"]] = one["answer"]

    def keep(self, asked: str, answer: Sequence[float | None]) -> None:
        self.known[asked] = answer
        with self._file.open("a", encoding="utf-8") as out:
            out.write(json.dumps({"asked": asked, "answer": answer}) + "\n")


def _asked_once(answers: _Answers, objective: Objective, logs: Floats) -> Floats:
    asked = sha256(logs.tobytes()).hexdigest()[:24]
    if asked not in answers.known:
        measured = objective.measured(logs)
        plain = [number if np.isfinite(number) else None for number in measured.tolist()]
        answers.keep(asked, plain)
        return measured
    return np.array([np.nan if one is None else one for one in answers.known[asked]])
