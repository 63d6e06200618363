"""The tables of diversity of all repertoires of a study."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from macroimmune.repertoires.diversity.clone_ranks import clone_ranks, convergence, gene_usage
from macroimmune.repertoires.diversity.common_coverage import common_coverage
from macroimmune.repertoires.diversity.measures import (
    common_rows,
    curve_rows,
    estimated_rows,
    observed_rows,
)
from macroimmune.repertoires.library_dispersion import (
    Dispersions,
    Overdispersion,
    library_dispersions,
    remaining,
)
from macroimmune.repertoires.repertoire import Repertoires, is_sampling_known
from macroimmune.results import RESULT_TABLES, conform, empty
from macroimmune.statistics import FrequencyCounts, frequency_counts
from macroimmune.study import RepertoireSettings

__all__ = ["diversity_tables"]

Row = dict[str, object]
_NAN = float("nan")

# What the sampled kind of a repertoire is: diversity is compared among those alike in all.
_KIND = ("chain", "population", "counted", "compartment")
_OF = (
    "repertoire_id",
    "participant_id",
    "sample_id",
    "days_from_treatment_start",
    "compartment",
    "chain",
    "population",
    "counted",
)
_TABLES = ("repertoire_diversity", "rarefaction", "clone_ranks", "gene_usage")


@dataclass(frozen=True, slots=True)
class _Counted:
    """A repertoire by its counts, when its clonotypes are no longer in memory."""

    of: Row
    counts: FrequencyCounts
    convergence: float
    varied: Overdispersion | None


def diversity_tables(
    repertoires: Repertoires,
    *,
    settings: RepertoireSettings,
    dispersions: Dispersions | None = None,
) -> dict[str, pl.DataFrame]:
    """Return the diversity of every repertoire, as observed and at a common coverage.

    Parameters
    ----------
    repertoires : Repertoires
        Each is read once, one at a time.
    settings : RepertoireSettings
        For the coverage; `overdispersion` is used where no sample of a kind has several libraries.
    dispersions : mapping from kind to Overdispersion, or None
        From `library_dispersions`; None: of all repertoires that are listed.

    Returns
    -------
    tables : dict of polars DataFrame
        repertoire_diversity, rarefaction, clone_ranks and gene_usage of the results contract.

    Notes
    -----
    Convention: repertoires of one chain, population, compartment and kind of count are compared at
    one coverage. Of reads there are observed measures only. Intervals are of new samples from the
    same blood or tissue, not of the participant at another time; they hold counting, and the
    variation of a clone's share between libraries of one sample at each order and on the curve.
    Those of Chao1 and of coverage, which rest on clonotypes counted once and twice, hold counting.

    Examples
    --------
    >>> from macroimmune.results import empty
    >>> none = Repertoires(empty("repertoires"), empty("repertoire_losses"), read=lambda _: None)
    >>> sorted(diversity_tables(none, settings=RepertoireSettings()))
    ['clone_ranks', 'gene_usage', 'rarefaction', 'repertoire_diversity']
    """
    frames: dict[str, list[pl.DataFrame]] = {name: [] for name in _TABLES}
    known = dispersions
    if known is None:
        known = library_dispersions(repertoires, repertoires.listed, prior=settings.overdispersion)
    counted: list[_Counted] = []
    # Of a clonotype of amino acids one of its nucleotide CDR3s is kept.
    is_told = settings.sequence == "nucleotide"
    for of in repertoires.listed.select(_OF).iter_rows(named=True):
        repertoire = repertoires.read(str(of["repertoire_id"]))
        clonotypes = repertoire.clonotypes
        frames["clone_ranks"].append(_labelled("clone_ranks", of, clone_ranks(clonotypes)))
        frames["gene_usage"].append(_labelled("gene_usage", of, gene_usage(clonotypes)))
        counts = frequency_counts(clonotypes["count"].to_numpy())
        told = convergence(clonotypes) if is_told else _NAN
        counted.append(_Counted(of, counts, told, remaining(known, of, repertoire)))
    for group in _alike(counted):
        for one, rows, curve in _measured(group, settings.coverage):
            frames["repertoire_diversity"].append(_from_rows("repertoire_diversity", one.of, rows))
            frames["rarefaction"].append(_from_rows("rarefaction", one.of, curve))
    order = repertoires.listed.select("repertoire_id").with_row_index("_order")
    return {name: _together(name, parts, order) for name, parts in frames.items()}


def _alike(counted: Iterable[_Counted]) -> Iterator[list[_Counted]]:
    groups: dict[tuple[object, ...], list[_Counted]] = {}
    for one in counted:
        groups.setdefault(tuple(one.of[name] for name in _KIND), []).append(one)
    yield from groups.values()


def _measured(
    group: list[_Counted], asked: float
) -> Iterator[tuple[_Counted, list[Row], list[Row]]]:
    """Give the measures and the curve of each repertoire of one kind."""
    is_known = is_sampling_known(str(group[0].of["counted"]))
    common = common_coverage([one.counts for one in group], asked) if is_known else None
    for number, one in enumerate(group):
        rows = observed_rows(one.counts, one.convergence, is_sampling_known=is_known)
        rows += estimated_rows(one.counts, is_sampling_known=is_known)
        if common is None:
            rows += common_rows(one.counts, float("nan"), "", is_sampling_known=False)
            yield one, rows, []
            continue
        status = common.statuses[number]
        rows += common_rows(one.counts, common.coverage, status, one.varied, is_sampling_known=True)
        yield one, rows, curve_rows(one.counts, one.varied)


def _from_rows(table: str, of: Row, rows: list[Row]) -> pl.DataFrame:
    schema = {name: kind for name, kind in RESULT_TABLES[table].schema.items() if name not in _OF}
    return _labelled(table, of, pl.DataFrame(rows, schema=schema))


def _labelled(table: str, of: Row, frame: pl.DataFrame) -> pl.DataFrame:
    schema = RESULT_TABLES[table].schema
    return conform(
        table, frame.select(*(pl.lit(of[n], dtype=schema[n]).alias(n) for n in _OF), pl.all())
    )


def _together(table: str, frames: list[pl.DataFrame], order: pl.DataFrame) -> pl.DataFrame:
    if not frames:
        return empty(table)
    return (
        pl
        .concat(frames)
        .join(order, on="repertoire_id", how="left", maintain_order="left")
        .sort("_order", maintain_order=True)
        .drop("_order")
    )
