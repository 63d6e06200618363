"""One sample for each donor, and donors in the order of their responsiveness."""

from collections.abc import Sequence
from typing import TypeVar

import polars as pl

from macroimmune.report.source import ReportSource

__all__ = ["WHICH_SAMPLE", "baseline_samples", "donor_order", "order_words", "spread"]

WHICH_SAMPLE = (
    "One sample of each donor: the last up to the start of treatment, else the first after it."
)
_LATER = 1e9
_T = TypeVar("_T")


def baseline_samples(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of one sample of each participant, in their order.

    Parameters
    ----------
    rows : polars DataFrame
        With `participant_id`, `sample_id` and `days_from_treatment_start`; rows of controls are
        left out.

    Notes
    -----
    Convention: the last sample up to the start of treatment, else the first after it; a sample
    without a day counts as one of day 0.

    Examples
    --------
    >>> rows = pl.DataFrame({
    ...     "participant_id": ["a", "a", "a", ""], "sample_id": ["1", "2", "3", "4"],
    ...     "days_from_treatment_start": [-20.0, -1.0, 42.0, None]})
    >>> baseline_samples(rows)["sample_id"].to_list()
    ['2']
    """
    day = pl.col("days_from_treatment_start").fill_null(0.0)
    rank = pl.when(day <= 0).then(-day).otherwise(_LATER + day)
    people = rows.filter(pl.col("participant_id") != "")
    chosen = people.group_by("participant_id").agg(pl.col("sample_id").sort_by(rank).first())
    return people.join(
        chosen, on=["participant_id", "sample_id"], how="semi", maintain_order="left"
    )


def donor_order(source: ReportSource, donors: Sequence[str], rows: pl.DataFrame) -> list[str]:
    """Return `donors` from the lowest responsiveness to the highest.

    Parameters
    ----------
    source : ReportSource
    donors : sequence of str
    rows : polars DataFrame
        Rows of `stimulation_responses`; their mean difference orders donors where no score does.

    Notes
    -----
    Convention: primary scores first; donors without one come last, in the order of their mean
    difference in the markers of a list, or in all where there is none.
    """
    scored = _scores(source)
    listed = rows.filter(pl.col("marker_list") != "")
    means = dict(
        (rows if listed.is_empty() else listed)
        .group_by("participant_id").agg(pl.col("difference").mean()).rows()
    )  # fmt: skip

    def place(donor: str) -> tuple[bool, float, bool, float, str]:
        score, mean = scored.get(donor), means.get(donor)
        return (score is None, score or 0.0, mean is None, mean or 0.0, donor)

    return sorted(donors, key=place)


def order_words(source: ReportSource, donors: Sequence[str]) -> str:
    """Return what orders these donors: responsiveness only where one of them has a score."""
    is_scored = not _scores(source).keys().isdisjoint(donors)
    return "lowest responsiveness first" if is_scored else "lowest mean difference first"


def _scores(source: ReportSource) -> dict[str, float]:
    """Return the primary score of each donor that has one."""
    scores = baseline_samples(source.tables["responsiveness"].filter("is_primary"))
    scored = scores.drop_nulls("score").group_by("participant_id").agg(pl.col("score").first())
    return dict(scored.rows())


def spread(items: Sequence[_T], most: int) -> list[_T]:
    """Return at most `most` of the items, first and last among them, evenly apart.

    Examples
    --------
    >>> spread(range(10), 4), spread("ab", 4)
    ([0, 3, 6, 9], ['a', 'b'])
    """
    if len(items) <= most:
        return list(items)
    return [items[round(k * (len(items) - 1) / (most - 1))] for k in range(most)]
