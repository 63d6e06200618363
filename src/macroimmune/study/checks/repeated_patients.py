"""The same patient under two ids, above all in cohorts that are called independent.

Two participants are taken for one when at least four of their numbers are identical and so rare
that, by the frequencies of the values, less than 0.01 such pairs are expected by chance. Numbers
that follow from others (NLR, PLR, LMR, PFS equal to OS) do not count.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.results import Finding
from macroimmune.schema import TABLES
from macroimmune.study.checks.check import Check, Tables, at_row, limited, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["REPEATED_PATIENTS"]

_FEWEST = 4
_EXPECTED_BY_CHANCE = 1e-2
_AGREEING = 0.6
_MOST_COLUMNS = 60
_MOST_SHARING = 30
_RATIOS = ("nlr", "plr", "lmr")
_OUTCOMES = ("os_time_days", "pfs_time_days", "rfs_time_days")


def _numbers(tables: Tables) -> pl.DataFrame:
    """Return one row per participant: place, cohort and all numbers that are known once."""
    people = rows_of(tables, "participants").unique("participant_id", maintain_order=True)
    wide = people.select("participant_id", "cohort", "source_file", "source_row", "age_years")
    outcomes = rows_of(tables, "outcomes").select("participant_id", *_OUTCOMES)
    outcomes = outcomes.with_columns(
        pl.when(pl.col(name).ne_missing(pl.col("os_time_days"))).then(pl.col(name)).alias(name)
        for name in _OUTCOMES[1:]
    )
    wide = wide.join(outcomes.unique("participant_id"), on="participant_id", how="left")
    for table in TABLES.values():
        if table.measured:
            rows = rows_of(tables, table.name).drop_nulls(["participant_id", "value"])
            rows = rows.filter(~pl.col(table.measured).is_in(_RATIOS))
            # The words with the most distinct values tell patients apart best; more add nothing.
            distinct = rows.group_by(table.measured).agg(pl.col("value").n_unique())
            telling = distinct.sort("value", table.measured, descending=[True, False])
            kept = telling.head(_MOST_COLUMNS).select(table.measured)
            rows = rows.join(kept, on=table.measured, how="semi", maintain_order="left")
            # The earliest value of each; means would hide that the same number stands twice.
            first = rows.sort("days_from_treatment_start", maintain_order=True)
            first = first.with_columns(name=pl.format("{}:{}", pl.lit(table.name), table.measured))
            if not first.is_empty():
                pivoted = first.pivot(
                    "name", index="participant_id", values="value", aggregate_function="first"
                )
                wide = wide.join(pivoted, on="participant_id", how="left", maintain_order="left")
    return wide


def _codes(values: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each value an integer code (-1 where missing) and its frequency."""
    known = np.isfinite(values)
    codes = np.full(values.size, -1)
    # Twelve digits: equal numbers stay equal after a conversion of units.
    scale = np.round(values[known], 9)
    _, codes[known], counts = np.unique(scale, return_inverse=True, return_counts=True)
    frequency = np.ones(values.size)
    # The chance that somebody else has this value: the others who have it among all others.
    frequency[known] = (counts[codes[known]] - 1) / max(known.sum() - 1, 1)
    return codes, frequency


def _pairs(codes: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield pairs of participants who share at least two values that few share."""
    shared: Counter[tuple[int, int]] = Counter()
    for column in codes.T:
        order = np.argsort(column, kind="stable")
        starts = np.flatnonzero(np.diff(column[order], prepend=-2))
        sizes = np.diff(starts, append=order.size)
        # Most values are nobody else's: only runs of a few are looked at one by one.
        for run in np.flatnonzero((sizes >= 2) & (sizes <= _MOST_SHARING)):
            group = order[starts[run] : starts[run] + sizes[run]]
            if column[group[0]] >= 0:
                shared.update(combinations(sorted(group.tolist()), 2))
    return (pair for pair, times in sorted(shared.items()) if times >= 2)


def _same(
    codes: NDArray[np.int64], frequency: NDArray[np.float64]
) -> Iterator[tuple[int, int, int]]:
    """Yield (first, second, number of identical values) of each pair taken for one patient."""
    n = codes.shape[0]
    for first, second in _pairs(codes):
        both = (codes[first] >= 0) & (codes[second] >= 0)
        equal = both & (codes[first] == codes[second])
        chance = n * (n - 1) / 2 * float(np.prod(frequency[first, equal]))
        if (
            equal.sum() >= _FEWEST
            and equal.sum() >= _AGREEING * both.sum()
            and chance < _EXPECTED_BY_CHANCE
        ):
            yield first, second, int(equal.sum())


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    wide = _numbers(tables)
    columns = [name for name, kind in wide.schema.items() if kind == pl.Float64]
    columns.sort(key=lambda name: -wide[name].n_unique())
    if wide.height < 2 or len(columns) < _FEWEST:
        return
    coded = [_codes(wide[name].to_numpy()) for name in columns[:_MOST_COLUMNS]]
    codes = np.column_stack([code for code, _ in coded])
    frequency = np.column_stack([often for _, often in coded])
    yield from limited(
        _finding(wide, first, second, equal) for first, second, equal in _same(codes, frequency)
    )


def _finding(wide: pl.DataFrame, first: int, second: int, equal: int) -> Finding:
    one, other = wide.row(first, named=True), wide.row(second, named=True)
    cohorts = [row["cohort"] or row["source_file"] or "" for row in (one, other)]
    apart = cohorts[0] != cohorts[1]
    where = f" of {cohorts[0]}" if apart else ""
    return at_row(
        other,
        severity="warning",
        code="same-patients-twice",
        column="participant_id",
        found=f"{other['participant_id']} has {equal} numbers in common with "
        f"{one['participant_id']}{where}",
        expected="independent cohorts" if apart else "each patient once",
        advice="If they are one patient, keep one row; a cohort that shares patients with another "
        "cannot validate it.",
    )


REPEATED_PATIENTS = Check(
    ("same-patients-twice",), "the same patient under two ids or in two cohorts", _look
)
