"""Totals of an invented immunogenic skin tumour under anti-PD1, in the shape a run gives."""

from functools import cache

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


@cache
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
    n = len(SUBSETS)
    division = [(name, rate * divides) for name, rate in DIVISION.items()]
    kinds = [("priming", "", "A8_ln"), *(("division", name, "") for name, _ in division)]
    kinds += [("move" if target else "death", source, target) for source, target, _ in MOVES]
    rates = [rate for _, rate in division] + [rate for *_, rate in MOVES]
    # Cells per day of each flow as a linear function of the state, and what each flow changes.
    linear, change = np.zeros((len(kinds), n)), np.zeros((n, len(kinds)))
    for place, (kind, source, target) in enumerate(kinds):
        if source:
            linear[place, SUBSETS.index(source)] = rates[place - 1]
            change[SUBSETS.index(source), place] = 1.0 if kind == "division" else -1.0
        if target:
            change[SUBSETS.index(target), place] = 1.0
    cells, flows = np.zeros((len(days), n)), np.zeros((len(kinds), len(days) - 1))
    state, parts = np.zeros(n), 20
    for day in range(len(days) - 1):
        for _ in range(parts):
            flow = linear @ state
            flow[0] = primed_per_day * (boost if days[day] >= 0 else 1.0)
            state = state + change @ flow / parts
            flows[:, day] += flow / parts
        cells[day + 1] = state
    return SubsetTotals(
        days,
        SUBSETS,
        np.rint(cells).astype(np.int64),
        tuple(CellFlow(*kind, flow) for kind, flow in zip(kinds, flows, strict=True)),
    )
