"""Which repertoires of a participant are compared: baseline with later ones, and draw with draw."""

import polars as pl

from macroimmune.results import RESULT_TABLES

__all__ = ["PAIR_COLUMNS", "WINDOW", "sample_pairs"]

_KIND = ("participant_id", "compartment", "chain", "population", "counted")
PAIR_COLUMNS = (*_KIND, "pair", "before", "after", "day_before", "day_after")
WINDOW = (-42.0, 0.0)


def sample_pairs(listed: pl.DataFrame, *, window: tuple[float, float] = WINDOW) -> pl.DataFrame:
    """Return the pairs of repertoires that are compared over time.

    Parameters
    ----------
    listed : polars DataFrame
        Table `repertoires`.
    window : (float, float), days from treatment start
        In which a baseline lies, ends included: `study.analysis.baseline_window_days`.

    Returns
    -------
    pairs : polars DataFrame
        participant_id, compartment, chain, population, counted, pair, before, after, day_before,
        day_after. Both repertoires of a pair are of one participant, compartment, chain,
        population, and count the same.

    Notes
    -----
    Convention: `baseline` pairs the last repertoire of the window with each later one;
    `neighbouring` pairs each with the next. The first of both kinds can be the same two
    repertoires. Of several repertoires of one day the one that stands last is taken, as for
    features; those without a day are in no pair.

    Examples
    --------
    >>> from macroimmune.results import RESULT_TABLES
    >>> days = pl.DataFrame({"repertoire_id": ["a", "b", "c"], "participant_id": "P1",
    ...     "days_from_treatment_start": [-3.0, 21.0, 42.0]})
    >>> others = {name: "" for name in ("compartment", "chain", "population", "counted")}
    >>> days = days.with_columns(pl.lit(value).alias(name) for name, value in others.items())
    >>> sample_pairs(days).select("pair", "before", "after").rows()
    [('baseline', 'a', 'b'), ('baseline', 'a', 'c'), ('neighbouring', 'a', 'b'), \
('neighbouring', 'b', 'c')]
    """
    day = pl.col("days_from_treatment_start")
    draws = (
        listed
        .filter(day.is_not_null())
        .unique([*_KIND, "days_from_treatment_start"], keep="last", maintain_order=True)
        .select(*_KIND, pl.col("repertoire_id").alias("after"), day.alias("day_after"))
        .sort(*_KIND, "day_after", maintain_order=True)
    )
    before = pl.col("after").alias("before"), pl.col("day_after").alias("day_before")
    baselines = (
        draws
        .filter(pl.col("day_after").is_between(*window))
        .group_by(_KIND, maintain_order=True)
        .last()
        .select(*_KIND, *before)
    )
    since = draws.join(baselines, on=_KIND, nulls_equal=True, maintain_order="left").filter(
        pl.col("day_after") > pl.col("day_before")
    )
    neighbours = draws.with_columns(
        one.shift(1).over(_KIND).alias(name)
        for one, name in ((pl.col("after"), "before"), (pl.col("day_after"), "day_before"))
    ).filter(pl.col("before").is_not_null())
    pairs = pl.concat(
        [
            since.with_columns(pl.lit("baseline").alias("pair")),
            neighbours.with_columns(pl.lit("neighbouring").alias("pair")),
        ],
        how="diagonal",
    )
    schema = RESULT_TABLES["repertoire_changes"].schema
    return (
        pairs
        .sort(*_KIND, "pair", "day_after", maintain_order=True)
        .select(PAIR_COLUMNS)
        .cast({name: schema[name] for name in PAIR_COLUMNS})
    )
