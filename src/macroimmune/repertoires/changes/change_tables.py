"""All repertoires of a study compared over time: which clones changed, how many are new."""

from collections.abc import Iterator, Mapping
from itertools import groupby

import numpy as np
import polars as pl

from macroimmune.repertoires.changes.pair_changes import (
    clone_rows,
    descriptive,
    matched_numbers,
    pair_summary,
)
from macroimmune.repertoires.changes.pair_counts import pair_counts
from macroimmune.repertoires.changes.sample_pairs import PAIR_COLUMNS, WINDOW, sample_pairs
from macroimmune.repertoires.common_level import common_level
from macroimmune.repertoires.library_dispersion import (
    KIND,
    Dispersions,
    Overdispersion,
    kind_of,
    library_dispersions,
    of_libraries,
)
from macroimmune.repertoires.repertoire import Repertoire, Repertoires
from macroimmune.results import RESULT_TABLES, conform, empty
from macroimmune.statistics import called_changes
from macroimmune.study import RepertoireSettings

__all__ = ["LEAST_DEPTH", "change_tables"]

Row = dict[str, object]
Result = tuple[Row, pl.DataFrame]
# Fewer templates, UMIs or cells do not take part in a common depth.
LEAST_DEPTH = 1_000
# Assumed: nor does a repertoire of less than this share of the median of its kind.
_LEAST_OF_MEDIAN = 0.1
_TUMOUR = "tumour"


def change_tables(
    repertoires: Repertoires,
    *,
    settings: RepertoireSettings,
    rng: np.random.Generator,
    window: tuple[float, float] = WINDOW,
    dispersions: Dispersions | None = None,
) -> dict[str, pl.DataFrame]:
    """Return which clones changed between samples of a participant, and how many are new.

    Parameters
    ----------
    repertoires : Repertoires
    settings : RepertoireSettings
        `overdispersion` is used where no sample of a kind has several libraries.
    rng : numpy Generator
        Draws the individuals when repertoires are thinned to a common depth.
    window : (float, float), days from treatment start
        In which a baseline lies: `study.analysis.baseline_window_days`.
    dispersions : mapping from kind to Overdispersion, or None
        From `library_dispersions`; None: of the repertoires that are compared.

    Returns
    -------
    tables : dict
        `clone_changes` and `repertoire_changes`. Of reads there are rows without tests.

    Notes
    -----
    Convention: a clone is expanded where its share of all T cells rose by more than counting and
    libraries explain; a population that rises takes its clones along, and where some grow much the
    shares of all others fall. Sorted or labelled cells tell which.
    The excess of novel clones is that of clones counted at least twice, newly visible: absent
    before, or risen from too rare to be seen, each by the chance that the earlier sample (of at
    most half the later one's depth) would have shown it. No two samples tell absent clones from
    too rare ones. Depths are compared by the rare clones of both samples, so that populations that
    rise or fall are no excess to first order. By how much clones move between the draws is
    measured on the rare clones of both (`draw_dispersion`); the interval carries half of it as
    error. In virtual patients of whom a population of cells doubles it is still too narrow
    (`benchmarks/clone_changes_recovery.py`).
    The common depth of a kind is that of its smallest compared repertoire with at least 1,000
    templates, UMIs or cells and at least a tenth of the median.
    Repertoires of one participant are held at a time.
    """
    pairs = sample_pairs(repertoires.listed, window=window)
    compared = repertoires.listed.filter(
        pl.col("repertoire_id").is_in(pl.concat([pairs["before"], pairs["after"]]).implode())
    )
    known = dispersions
    if known is None:
        known = library_dispersions(repertoires, compared, prior=settings.overdispersion)
    depths = _matched_depths(compared)
    summaries: list[Row] = []
    clones: list[pl.DataFrame] = []
    for participant, rows in groupby(
        pairs.sort("participant_id", maintain_order=True).iter_rows(named=True),
        key=lambda row: row["participant_id"],
    ):
        tumour = _Tumour(repertoires, str(participant))
        for summary, of_clones in _participant(repertoires, rows, known, depths, tumour, rng):
            summaries.append(summary)
            clones.append(of_clones)
    schema = RESULT_TABLES["repertoire_changes"].schema
    return {
        "clone_changes": pl.concat(clones) if clones else empty("clone_changes"),
        "repertoire_changes": conform(
            "repertoire_changes", pl.DataFrame(summaries, schema=schema, orient="row")
        ),
    }


def _matched_depths(compared: pl.DataFrame) -> Mapping[tuple[str, ...], int]:
    enough = compared.filter(pl.col("n_counted") >= LEAST_DEPTH)
    sizes = enough.group_by(KIND).agg(pl.col("n_counted"))
    lowest = {
        kind_of(row): common_level(row["n_counted"], least_of_median=_LEAST_OF_MEDIAN)
        for row in sizes.iter_rows(named=True)
    }
    return {kind: int(level) for kind, level in lowest.items() if level is not None}


class _Tumour:
    """The clonotypes of a participant's tumour, read when first asked for."""

    def __init__(self, repertoires: Repertoires, participant: str) -> None:
        self._repertoires, self._participant = repertoires, participant
        self._found: dict[str, pl.DataFrame | None] = {}

    def clonotypes(self, chain: str, compartment: str) -> pl.Series | None:
        """Return them, of the chain; None without a tumour, or where the pair is of the tumour."""
        seen = None if compartment == _TUMOUR else self._seen(chain)
        return None if seen is None else seen["clonotype"]

    def n_earlier(self, pair: Row, rows: pl.DataFrame) -> int | None:
        """Return expanded clones in tumour samples taken by the day of the later repertoire.

        A later biopsy is only of those who lived and stayed to have it. None without an earlier.
        """
        seen = None if pair["compartment"] == _TUMOUR else self._seen(str(pair["chain"]))
        if seen is None:
            return None
        earlier = seen.filter(pl.col("day") <= pl.lit(pair["day_after"], dtype=pl.Float64))
        if earlier.is_empty():
            return None
        expanded = rows.filter(pl.col("call") == "expanded")["clonotype"]
        return int(expanded.is_in(earlier["clonotype"].implode()).sum())

    def _seen(self, chain: str) -> pl.DataFrame | None:
        """Return each clonotype with the day on which it was first seen, null where no day is."""
        if chain not in self._found:
            listed = self._repertoires.listed.filter(
                pl.col("participant_id") == self._participant,
                pl.col("compartment") == _TUMOUR,
                pl.col("chain") == chain,
            )
            read = [
                self._repertoires.read(one).clonotypes.select(
                    "clonotype", pl.lit(day, dtype=pl.Float64).alias("day")
                )
                for one, day in listed.select(
                    "repertoire_id", "days_from_treatment_start"
                ).iter_rows()
            ]
            first = pl.col("day").min()
            self._found[chain] = pl.concat(read).group_by("clonotype").agg(first) if read else None
        return self._found[chain]


def _participant(
    repertoires: Repertoires,
    pairs: Iterator[Row],
    known: Dispersions,
    depths: Mapping[tuple[str, ...], int],
    tumour: _Tumour,
    rng: np.random.Generator,
) -> Iterator[Result]:
    """Yield the results of a participant's pairs; two pairs of the same samples are one task."""
    held: dict[str, Repertoire] = {}
    done: dict[tuple[object, object], Result] = {}
    for pair in pairs:
        key = (pair["before"], pair["after"])
        if key not in done:
            both = [_held(held, repertoires, str(one)) for one in key]
            kind = kind_of(pair)
            found = _Pair(both[0], both[1], known.get(kind), depths.get(kind))
            clonotypes = tumour.clonotypes(str(pair["chain"]), str(pair["compartment"]))
            summary, rows = found.compared(clonotypes, rng)
            if summary.get("n_expanded_in_tumour") is not None:
                summary["n_expanded_in_earlier_tumour"] = tumour.n_earlier(pair, rows)
            done[key] = summary, rows
        summary, rows = done[key]
        named = {name: pair[name] for name in PAIR_COLUMNS}
        labelled = rows.with_columns(pl.lit(value).alias(name) for name, value in named.items())
        yield named | summary, conform("clone_changes", labelled)


def _held(held: dict[str, Repertoire], repertoires: Repertoires, identity: str) -> Repertoire:
    if identity not in held:
        held[identity] = repertoires.read(identity)
    return held[identity]


class _Pair:
    """Two repertoires with what is known of their kind."""

    def __init__(
        self,
        before: Repertoire,
        after: Repertoire,
        known: Overdispersion | None,
        depth: int | None,
    ) -> None:
        self._before, self._after, self._known, self._depth = before, after, known, depth

    def compared(self, tumour: pl.Series | None, rng: np.random.Generator) -> Result:
        """Return the summary of the pair and the rows of its clones."""
        counts = pair_counts(self._before, self._after)
        if self._known is None:
            return descriptive(counts), empty("clone_changes").drop(PAIR_COLUMNS)
        left = (of_libraries(self._before) + of_libraries(self._after)) / 2.0
        used = self._known.value * left
        called = called_changes(counts.before, counts.after, dispersion=used)
        rows = clone_rows(counts, called, tumour)
        summary = pair_summary(counts, called, rows, used)
        joined = f"libraries were put together, which leaves {used:.3g}" if left < 1.0 else ""
        told = [self._known.status, joined, str(summary["status"])]
        return summary | {
            "overdispersion": self._known.value,
            "overdispersion_ci_low": self._known.ci_low,
            "overdispersion_ci_high": self._known.ci_high,
            "overdispersion_source": self._known.source,
            **matched_numbers(counts, used, self._depth, rng=rng),
            "status": "; ".join(part for part in told if part),
        }, rows
