"""What of a search is taken: its moves process by process, where no claim that passes is lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from macroimmune.mechanism.acceptance import claims_state
from macroimmune.mechanism.fitting.local_search import Found
from macroimmune.mechanism.fitting.loss import Terms, joined_terms, term_losses
from macroimmune.mechanism.fitting.objective import Objective
from macroimmune.work import WorkTask, load_record, run_tasks, save_record

__all__ = ["SHARES", "AdoptedMove", "adopted"]

Floats = NDArray[np.float64]
MakeObjective = Callable[[], Objective]

# Of the way to what the search found, on the log scale, each tried where it is worth trying.
SHARES = (1.0, 0.5)
# Moves that are all smaller, on the log scale, are none.
_LEAST_MOVE = 0.001
_POINT = "point.npz"


@dataclass(frozen=True, slots=True)
class AdoptedMove:
    """What became of the moves of one process.

    Parameters
    ----------
    process : str
    n_moved : int
        Parameters that the search moved.
    share : float
        Of the way that is taken; 0: none of it.
    loss_before, loss_after : float
        Of all terms and the prior, before this process was looked at and after.
    status : str
        A sentence.
    """

    process: str
    n_moved: int
    share: float
    loss_before: float
    loss_after: float
    status: str


@dataclass(frozen=True, slots=True)
class _Measured:
    cheap: Floats
    costly: Floats


@dataclass(frozen=True, slots=True)
class _Point:
    logs: Floats
    measured: _Measured
    loss: float
    passed: NDArray[np.bool_]


def adopted(
    make_objective: MakeObjective,
    make_costly: MakeObjective,
    best: Found,
    processes: Sequence[str],
    folder: Path,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Found, list[AdoptedMove]]:
    """Return where a fit ends, and what became of the moves of each process.

    Parameters
    ----------
    make_objective, make_costly : callable
        Functions that processes can be given; the objective of the search, and that of the
        claims which take too long for each of its steps.
    best : Found
        Of the search.
    processes : sequence of str, length p
        Of each parameter of the objective's space.
    folder : Path
        Keeps what was measured.
    workers : int
        Processes of the machine.
    progress : callable or None
        Called with (processes looked at, processes).

    Notes
    -----
    Convention: a search that cannot see some claims pays with them, and with claims that it sees,
    for what it gains elsewhere. So the parameters are moved from the table process by process, in
    the order in which their moves alone lower the loss of the search, the whole way or half of
    it, and only where the loss of all terms falls and every claim that passed passes still.
    """
    objective, costly = make_objective(), make_costly()
    terms = joined_terms(objective.terms, costly.terms)
    start = objective.space.start
    say = progress or (lambda done, total: None)

    def points(rows: Sequence[Floats], passed: NDArray[np.bool_]) -> list[_Point]:
        seen = passed[: len(objective.terms.names)]
        tasks = [
            WorkTask(
                f"point-{_key(objective, costly, row, seen)}",
                _one_point,
                (make_objective, make_costly, row, seen),
            )
            for row in rows
        ]
        run_tasks(tasks, folder, workers=workers)
        found = [load_record(folder / task.key / _POINT, _Measured) for task in tasks]
        return [_point(objective, terms, *pair) for pair in zip(rows, found, strict=True)]

    (here,) = points([start], np.zeros(len(terms.names), dtype=bool))
    moves = []
    blocks = _in_order(objective, best, np.array(processes))
    for done, (process, block) in enumerate(blocks.items()):
        say(done, len(blocks))
        rows = [np.where(block, start + share * (best.logs - start), here.logs) for share in SHARES]
        tried = points(rows, here.passed)
        before = here.loss
        share, here, status = _taken(here, tried, terms)
        moves.append(AdoptedMove(process, int(block.sum()), share, before, here.loss, status))
    say(len(blocks), len(blocks))
    loss = objective.loss(here.logs, here.measured.cheap)
    return Found(here.logs, loss, here.measured.cheap, best.evaluations), moves


def _point(objective: Objective, terms: Terms, row: Floats, measured: _Measured) -> _Point:
    both = np.concatenate([measured.cheap, measured.costly])
    losses = term_losses(both, terms)
    prior = objective.loss(row, measured.cheap) - losses[: len(measured.cheap)].sum()
    return _Point(row, measured, float(losses.sum() + prior), terms.is_claim & (losses == 0))


def _in_order(
    objective: Objective, best: Found, processes: NDArray[np.str_]
) -> dict[str, NDArray[np.bool_]]:
    """Return the parameters that moved by process, the greatest gain by itself first."""
    start = objective.space.start
    moved = np.abs(best.logs - start) >= _LEAST_MOVE
    blocks = {name: moved & (processes == name) for name in dict.fromkeys(processes[moved])}
    losses = {}
    for name, block in blocks.items():
        row = np.where(block, best.logs, start)
        losses[name] = objective.loss(row, objective.measured(row))
    return {name: blocks[name] for name in sorted(blocks, key=lambda name: losses[name])}


def _taken(here: _Point, tried: Sequence[_Point], terms: Terms) -> tuple[float, _Point, str]:
    """Return the share of the way that is taken, where that leads, and a sentence."""
    kept = [
        (point.loss, share, point)
        for share, point in zip(SHARES, tried, strict=True)
        if point.loss < here.loss and not (here.passed & ~point.passed).any()
    ]
    if kept:
        _, share, point = min(kept, key=lambda one: one[0])
        return share, point, "taken" if share == 1 else "taken in part"
    # The least share has the best prospect; it says what stands in the way.
    lost = np.flatnonzero(here.passed & ~tried[-1].passed)
    if len(lost):
        # Costly claims stand last, and are not asked where others are lost.
        n_cheap = len(here.measured.cheap)
        lost = lost[lost < n_cheap] if lost[0] < n_cheap else lost
        names = ", ".join(terms.names[place] for place in lost)
        return 0.0, here, f"not taken: {names} would be lost"
    return 0.0, here, "not taken: the loss of all terms does not fall"


def _key(objective: Objective, costly: Objective, row: Floats, seen: NDArray[np.bool_]) -> str:
    told = (claims_state(), objective.space.names, objective.terms.names, costly.terms.names)
    return sha256(repr(told).encode() + row.tobytes() + seen.tobytes()).hexdigest()[:16]


def _one_point(
    arguments: tuple[MakeObjective, MakeObjective, Floats, NDArray[np.bool_]], folder: Path
) -> None:
    make_objective, make_costly, row, seen = arguments
    objective, costly = make_objective(), make_costly()
    values = objective.space.values(row)
    cheap = objective.measure(values)
    if (seen & (term_losses(cheap, objective.terms) > 0)).any():
        # Where a claim of the search is lost, the costly ones decide nothing.
        found = np.full(len(costly.terms.names), np.nan)
    else:
        found = costly.measure(values)
    save_record(folder / _POINT, _Measured(cheap, found))
