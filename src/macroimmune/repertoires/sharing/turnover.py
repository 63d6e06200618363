"""Turnover between neighbouring draws of a cohort, and whether treatment start differs from others.

The percent of clonotypes that a neighbouring draw lacks follows depth. It is told because papers
tell it, forward and backward, with the comparison that gives it a meaning: the pair between which
treatment started against the other neighbouring pairs of the same participants.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import special

from macroimmune.repertoires.changes import sample_pairs
from macroimmune.repertoires.repertoire import is_sampling_known
from macroimmune.repertoires.sharing.participant_clones import KIND, Row

__all__ = ["turnover_table"]

OF_READS = (
    "reads are counted, so depth is not known and no novelty can be told from this percentage"
)
OF_KNOWN = (
    "follows depth; novelty against a depth-matched expectation stands in repertoire_changes.csv"
)
_FEWEST = 3
_PAIR = ("compartment", *KIND)


def turnover_table(overlap: pl.DataFrame, listed: pl.DataFrame) -> list[Row]:
    """Return the rows of table `repertoire_turnover`.

    Parameters
    ----------
    overlap : polars DataFrame
        Table `repertoire_overlap`.
    listed : polars DataFrame
        Table `repertoires`: tells which draws are neighbours.

    Notes
    -----
    Convention: forward is the percent of the later draw's clonotypes that the earlier one lacks,
    backward the reverse. Draws are named by their day where participants share a schedule (not
    more days in the cohort than the most draws of one participant), else by their order. Mean of
    participants. Treatment starts after day 0 was drawn.
    """
    pairs = _neighbours(overlap, listed)
    rows: list[Row] = []
    for of, group in pairs.group_by(*_PAIR, maintain_order=True):
        kind = dict(zip(_PAIR, of, strict=True))
        for direction in ("forward", "backward"):
            status = _status(group, direction, str(kind["counted"]))
            for (before, after), same in group.group_by(
                "timepoint_before", "timepoint_after", maintain_order=True
            ):
                rows.append({
                    **kind,
                    "timepoint_before": before,
                    "timepoint_after": after,
                    "direction": direction,
                    "n_participants": same["participant_id"].n_unique(),
                    "mean_percent": same[direction].mean(),
                    "sd_percent": same[direction].std(),
                    "status": status,
                })
    return rows


def _neighbours(overlap: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of draws that follow on each other, with both percentages."""
    usable = listed.filter(pl.col("n_clonotypes") > 0).with_columns(
        pl.col("population").fill_null("")
    )
    draws = _named(sample_pairs(usable).filter(pl.col("pair") == "neighbouring"))
    return (
        draws
        .join(
            overlap.select("one", "other", "n_one", "n_shared", "absent_percent"),
            left_on=["before", "after"],
            right_on=["one", "other"],
        )
        .select(
            "participant_id",
            *_PAIR,
            "timepoint_before",
            "timepoint_after",
            "order",
            is_start=(pl.col("day_before") <= 0.0) & (pl.col("day_after") > 0.0),
            forward="absent_percent",
            backward=100.0 * (1.0 - pl.col("n_shared") / pl.col("n_one")),
        )
        .sort(*_PAIR, "order", "timepoint_before", "participant_id")
    )


def _named(draws: pl.DataFrame) -> pl.DataFrame:
    """Return pairs of draws with their place and names, by day or by order."""
    days = pl.concat([
        draws.select("participant_id", *_PAIR, day=name) for name in ("day_before", "day_after")
    ]).unique()
    schedules = (
        days
        .group_by("participant_id", *_PAIR)
        .agg(pl.len())
        .group_by(_PAIR)
        .agg(pl.col("len").max())
        .join(days.group_by(_PAIR).agg(pl.col("day").n_unique()), on=_PAIR)
        .select(*_PAIR, is_scheduled=pl.col("day") <= pl.col("len"))
    )
    return (
        draws
        .sort("participant_id", *_PAIR, "day_before")
        .with_columns(order=pl.int_range(pl.len()).over("participant_id", *_PAIR))
        .join(schedules, on=_PAIR, maintain_order="left")
        .with_columns(
            pl
            .when("is_scheduled")
            .then(pl.format("day {}", _plain(day)))
            .otherwise(pl.format("draw {}", pl.col("order") + place))
            .alias(name)
            for name, day, place in (
                ("timepoint_before", "day_before", 1),
                ("timepoint_after", "day_after", 2),
            )
        )
    )


def _plain(name: str) -> pl.Expr:
    """Return days as text, whole ones without a decimal point."""
    day = pl.col(name)
    whole = day.round().cast(pl.Int64).cast(pl.String)
    return pl.when(day == day.round()).then(whole).otherwise(day.cast(pl.String))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Mean difference of the pair around treatment start from the others of a participant."""

    n: int
    difference: float
    ci_low: float
    ci_high: float


def _status(pairs: pl.DataFrame, direction: str, counted: str) -> str:
    start = _comparison(pairs, direction)
    meaning = OF_KNOWN if is_sampling_known(counted) else OF_READS
    return "; ".join(part for part in (_in_words(start), meaning) if part)


def _comparison(pairs: pl.DataFrame, direction: str) -> _Comparison | None:
    """Compare within participants who have the pair around treatment start and another one."""
    each = (
        pairs
        .group_by("participant_id")
        .agg(
            start=pl.col(direction).filter("is_start").mean(),
            others=pl.col(direction).filter(~pl.col("is_start")).mean(),
        )
        .drop_nulls()
        .sort("participant_id")
    )
    if each.height < _FEWEST:
        return None
    apart = (each["start"] - each["others"]).to_numpy()
    n = apart.size
    reach = float(special.stdtrit(n - 1, 0.975) * np.std(apart, ddof=1) / np.sqrt(n))
    mean = float(apart.mean())
    return _Comparison(n, mean, mean - reach, mean + reach)


def _in_words(found: _Comparison | None) -> str:
    """Say what the comparison found, as the interval has it."""
    if found is None:
        return (
            "whether turnover differs when treatment starts cannot be told: fewer than "
            f"{_FEWEST} participants have that pair of draws and another one"
        )
    numbers = (
        f"({found.difference:+.1f} points, 95 % interval {found.ci_low:+.1f} to "
        f"{found.ci_high:+.1f}, {found.n} participants)"
    ).replace("-", "−")
    between = "turnover of the draws around treatment start"
    others = "of the other neighbouring draws"
    if found.ci_low <= 0.0 <= found.ci_high:
        return (
            f"{between} does not differ from that {others} by more than chance {numbers}: no "
            "evidence of priming"
        )
    if found.ci_high < 0.0:
        return f"{between} is below that {others} {numbers}: no evidence of priming"
    return f"{between} is above that {others} {numbers}; other depth at that draw would do the same"
