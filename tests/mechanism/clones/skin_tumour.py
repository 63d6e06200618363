"""Totals of an invented immunogenic skin tumour under anti-PD1, in the shape a run gives."""

import numpy as np

from macroimmune.mechanism.clones.subset_totals import CellFlow, SubsetTotals

SUBSETS = ("A8_ln", "E8_bl", "Mem8_bl", "E8_tu", "S8_tu", "X8_tu", "D8_tu")
# Per day: source, target, rate; an empty target is death.
MOVES = (
    ("A8_ln", "E8_bl", 0.6),
    ("A8_ln", "S8_tu", 0.01),
    ("E8_bl", "E8_tu", 0.3),
    ("E8_bl", "Mem8_bl", 0.02),
    ("E8_bl", "", 0.2),
    ("Mem8_bl", "", 0.005),
    ("E8_tu", "X8_tu", 0.25),
    ("E8_tu", "", 0.1),
    ("S8_tu", "X8_tu", 0.05),
    ("X8_tu", "D8_tu", 0.08),
    ("X8_tu", "", 0.02),
    ("D8_tu", "", 0.06),
)
DIVISION = {"A8_ln": 0.5, "S8_tu": 0.03, "X8_tu": 0.03}


def skin_tumour(
    *,
    days_before: int = 120,
    days_after: int = 60,
    primed_per_day: float = 2_000.0,
    boost: float = 3.0,
    divides: bool = True,
) -> SubsetTotals:
    """Return totals and flows, in cells; `boost` multiplies priming from day 0 on."""
    days = np.arange(-days_before, days_after + 1.0)
    division = {name: rate * divides for name, rate in DIVISION.items()}
    state = dict.fromkeys(SUBSETS, 0.0)
    cells = np.zeros((len(days), len(SUBSETS)))
    kinds = [("priming", "", "A8_ln")]
    kinds += [("division", name, "") for name in DIVISION]
    kinds += [("move" if target else "death", source, target) for source, target, _ in MOVES]
    rates = [0.0, *division.values(), *(rate for *_, rate in MOVES)]
    flows = np.zeros((len(kinds), len(days) - 1))
    parts = 20
    for day in range(len(days) - 1):
        primed = primed_per_day * (boost if days[day] >= 0 else 1.0)
        for _ in range(parts):
            moved = [
                (primed if kind == "priming" else rate * state[source]) / parts
                for (kind, source, _), rate in zip(kinds, rates, strict=True)
            ]
            for place, ((kind, source, target), amount) in enumerate(
                zip(kinds, moved, strict=True)
            ):
                flows[place, day] += amount
                if kind == "division":
                    state[source] += amount
                elif source:
                    state[source] -= amount
                if target:
                    state[target] += amount
        cells[day + 1] = list(state.values())
    return SubsetTotals(
        days,
        SUBSETS,
        np.rint(cells).astype(np.int64),
        tuple(CellFlow(*kind, flow) for kind, flow in zip(kinds, flows, strict=True)),
    )
