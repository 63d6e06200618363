"""The clones of a run: founded by priming, then divided, moved and lost as its totals say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.mechanism.clones.cell_draws import (
    cells_of_total,
    divided_cells,
    leaving_cells,
)
from macroimmune.mechanism.clones.clone_settings import CloneSettings
from macroimmune.mechanism.clones.subset_totals import CellFlow, SubsetTotals

__all__ = ["CloneHistory", "clone_history"]

Cells = NDArray[np.int64]
Values = NDArray[np.float64]

_NEVER = np.nan


@dataclass(frozen=True, slots=True, eq=False)
class CloneHistory:
    """Clones and their cells at some days.

    Parameters
    ----------
    days : float array, shape (days,)
    subsets : tuple of str
    cells : int array, shape (days, clones, subsets)
        They sum over clones to the totals of the run.
    founded : float array, shape (clones,)
        Day of priming; for clones that were there when the run began, its first day.
    first_in_blood, first_in_tumour : float array, shape (clones,)
        First day with a cell there; NaN for clones that never were.
    founder_cells : float
        That one clone was founded by on average.
    """

    days: Values
    subsets: tuple[str, ...]
    cells: Cells
    founded: Values
    first_in_blood: Values
    first_in_tumour: Values
    founder_cells: float

    def day_place(self, day: float) -> int:
        """Return the place of the last kept day that is not after `day`."""
        return max(int(np.searchsorted(self.days, day, side="right")) - 1, 0)

    def in_compartment(self, day: float, compartment: str) -> Cells:
        """Return cells of each clone in a compartment (`bl`, `tu`, `ln`) at a kept day."""
        return self.in_subsets(day, self.subsets_of(compartment))

    def in_subsets(self, day: float, subsets: tuple[str, ...]) -> Cells:
        """Return cells of each clone in these subsets at a kept day."""
        places = [self.subsets.index(name) for name in subsets]
        found: Cells = self.cells[self.day_place(day)][:, places].sum(axis=1)
        return found

    def subsets_of(self, compartment: str) -> tuple[str, ...]:
        """Return the subsets of a compartment."""
        return tuple(name for name in self.subsets if name.rsplit("_", 1)[-1] == compartment)

    def origins(self) -> NDArray[np.str_]:
        """Return where each clone was before day 0.

        Notes
        -----
        Convention: `resident` had cells in the tumour before day 0, `blood` in blood but not yet
        in the tumour, `new` in neither.
        """
        resident = self.first_in_tumour <= 0.0
        blood = self.first_in_blood <= 0.0
        return np.where(resident, "resident", np.where(blood, "blood", "new"))


class _Followed:
    """The clones while a run is followed, with room for the most there may be."""

    def __init__(self, totals: SubsetTotals, settings: CloneSettings) -> None:
        primed = sum(
            float(flow.cells.sum()) for flow in totals.flows if flow.kind == "priming"
        ) + float(totals.cells[0].sum())
        # One in ten is left for chance: Poisson numbers exceed their mean.
        room = max(0.9 * settings.most_clones, 1.0)
        self.founder_cells = max(settings.founder_cells, primed / room, 1.0)
        most = settings.most_clones
        self.totals, self.settings = totals, settings
        self.cells = np.zeros((most, len(totals.subsets)), np.int64)
        self.founded = np.full(most, _NEVER)
        self.first_in_blood = np.full(most, _NEVER)
        self.first_in_tumour = np.full(most, _NEVER)
        self.vigour = np.ones(most)
        self.number = 0

    def found(self, day: float, place: int, primed: float, *, rng: np.random.Generator) -> None:
        """Found new clones that share so many primed cells."""
        wanted = int(rng.poisson(primed / self.founder_cells))
        new = min(wanted, len(self.founded) - self.number)
        if new == 0:
            return
        rows = slice(self.number, self.number + new)
        spread = self.settings.founder_spread
        # The mean over clones is kept, whatever their spread.
        founders = self.founder_cells * np.exp(spread * rng.standard_normal(new) - spread**2 / 2)
        self.cells[rows, place] = np.maximum(np.rint(founders), 1).astype(np.int64)
        self.founded[rows] = day
        self.vigour[rows] = np.exp(self.settings.division_spread * rng.standard_normal(new))
        self.number += new

    def mark(self, day: float) -> None:
        """Note the first day of clones in blood and tumour."""
        for first, compartment in ((self.first_in_blood, "bl"), (self.first_in_tumour, "tu")):
            places = self.totals.places(compartment)
            there = self.cells[: self.number][:, places].any(axis=1)
            entering = there & np.isnan(first[: self.number])
            first[: self.number][entering] = day

    def fit(self, row: Cells, day: float, *, rng: np.random.Generator) -> None:
        """Make the clones of each subset sum to its total, in proportion to what they have."""
        for place, total in enumerate(row):
            have = self.cells[: self.number, place]
            if int(have.sum()) == total:
                continue
            if total > 0 and not have.any():
                self._settle(day, place, int(total), rng=rng)
                continue
            self.cells[: self.number, place] = cells_of_total(have, int(total), rng=rng)

    def _settle(self, day: float, place: int, total: int, *, rng: np.random.Generator) -> None:
        """Give the cells of an empty subset to clones that are elsewhere, or found some."""
        elsewhere = self.cells[: self.number].sum(axis=1)
        if not elsewhere.any():
            self.found(day, place, float(total), rng=rng)
            elsewhere = self.cells[: self.number, place]
        if not elsewhere.any():  # Chance founded none, or too few cells for one.
            self.cells[0, place], self.founded[0] = total, day
            self.number = max(self.number, 1)
            return
        self.cells[: self.number, place] = cells_of_total(elsewhere, total, rng=rng)


def clone_history(
    totals: SubsetTotals,
    kept_days: tuple[float, ...],
    settings: CloneSettings | None = None,
    *,
    rng: np.random.Generator,
) -> CloneHistory:
    """Return the clones that share the cells of a run.

    Parameters
    ----------
    totals : SubsetTotals
    kept_days : tuple of float
        At which cells are kept; the last day of the run that is not after each.
    settings : CloneSettings or None
    rng : numpy Generator

    Returns
    -------
    history : CloneHistory

    Notes
    -----
    Convention: within a day clones divide, then leave, then new ones are primed; at its end each
    subset is rounded to its total, in proportion to the cells of each clone there, which favours
    none. Without `division_spread` no clone has an advantage: its expected share stays.
    """
    settings = settings or CloneSettings()
    followed = _Followed(totals, settings)
    places = np.unique([
        max(int(np.searchsorted(totals.days, day, side="right")) - 1, 0) for day in kept_days
    ])
    kept = {}
    followed.fit(totals.cells[0], float(totals.days[0]), rng=rng)
    for step in range(len(totals.days)):
        if step:
            _advance(followed, step, rng=rng)
        followed.mark(float(totals.days[step]))
        if step in places:
            kept[step] = followed.cells[: followed.number].copy()
    n = followed.number
    cells = np.zeros((len(kept), n, len(totals.subsets)), np.int64)
    for place, step in enumerate(sorted(kept)):
        cells[place, : len(kept[step])] = kept[step]
    return CloneHistory(
        totals.days[places],
        totals.subsets,
        cells,
        followed.founded[:n],
        followed.first_in_blood[:n],
        followed.first_in_tumour[:n],
        followed.founder_cells,
    )


def _advance(followed: _Followed, step: int, *, rng: np.random.Generator) -> None:
    """Carry the clones from one day to the next."""
    totals = followed.totals
    alive = np.flatnonzero(followed.cells[: followed.number].any(axis=1))
    cells = followed.cells[alive]
    arrived = np.zeros_like(cells)
    for place in range(len(totals.subsets)):
        if cells[:, place].any():
            _flow_out(totals, step, place, (cells, arrived, followed.vigour[alive]), rng=rng)
    followed.cells[alive] = cells + arrived
    day = float(totals.days[step])
    for flow in totals.flows:
        if flow.kind == "priming":
            place = totals.subsets.index(flow.target)
            followed.found(day, place, float(flow.cells[step - 1]), rng=rng)
    followed.fit(totals.cells[step], day, rng=rng)


def _flow_out(
    totals: SubsetTotals,
    step: int,
    place: int,
    clones: tuple[Cells, Cells, Values],
    *,
    rng: np.random.Generator,
) -> None:
    """Let the clones of one subset divide, leave and seed; changes their cells and arrivals."""
    cells, arrived, vigour = clones
    size = 0.5 * float(totals.cells[step - 1, place] + totals.cells[step, place])
    own = [flow for flow in totals.flows if flow.source == totals.subsets[place]]
    rates = {id(flow): float(flow.cells[step - 1]) / size for flow in own}
    for flow in own:
        if flow.kind == "division":
            cells[:, place] += _divided(cells[:, place], rates[id(flow)], vigour, rng=rng)
    ways = [flow for flow in own if flow.kind in ("move", "death")]
    gone = leaving_cells(cells[:, place], [rates[id(flow)] for flow in ways], rng=rng)
    for flow, leaving in zip(ways, gone, strict=True):
        cells[:, place] -= leaving
        if flow.kind == "move":
            target = totals.subsets.index(flow.target)
            arrived[:, target] += _arriving(flow, step, leaving, vigour, rng=rng)
    for flow in own:
        if flow.kind == "seeding":
            target = totals.subsets.index(flow.target)
            arrived[:, target] += rng.poisson(rates[id(flow)] * cells[:, place])


def _divided(cells: Cells, rate: float, vigour: Values, *, rng: np.random.Generator) -> Cells:
    """Return how many cells division adds to each clone; vigorous clones divide faster."""
    whole = float(cells.sum())
    if rate <= 0.0 or whole == 0.0:
        return np.zeros(len(cells), np.int64)
    return divided_cells(cells, rate * vigour * whole / float(vigour @ cells), rng=rng)


def _arriving(
    flow: CellFlow, step: int, leaving: Cells, vigour: Values, *, rng: np.random.Generator
) -> Cells:
    """Return how many cells of a move reach the target, after division or death on the way."""
    if flow.arriving is None or flow.cells[step - 1] <= 0.0:
        return leaving
    gain = float(flow.arriving[step - 1] / flow.cells[step - 1])
    if gain <= 1.0:
        return rng.binomial(leaving, gain)
    return leaving + _divided(leaving, float(np.log(gain)), vigour, rng=rng)
