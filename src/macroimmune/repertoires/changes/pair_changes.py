"""What changed between two repertoires: rows of clones, and one row that sums them up."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from scipy import special

from macroimmune.repertoires.changes.draw_dispersion import draw_dispersion
from macroimmune.repertoires.changes.pair_counts import PairCounts, thinned
from macroimmune.repertoires.repertoire import READS_STATUS
from macroimmune.statistics import CalledChanges, NovelKinds, called_changes, novel_kinds
from macroimmune.statistics.intervals import normal_quantile

__all__ = ["clone_rows", "descriptive", "matched_numbers", "pair_summary"]

Row = dict[str, object]
_LEVEL = 0.05
_DRAWS = 10
_CALLS = {1: "expanded", -1: "contracted", 0: ""}


def descriptive(counts: PairCounts) -> Row:
    """Return what can be said of reads: numbers that follow the depth."""
    is_novel = (counts.before == 0) & (counts.after > 0)
    total = counts.after.sum()
    return {
        "n_after": int((counts.after > 0).sum()),
        "n_novel": int(is_novel.sum()),
        "novel_mass": float(counts.after[is_novel].sum() / total) if total else None,
        "status": READS_STATUS,
    }


def clone_rows(counts: PairCounts, called: CalledChanges, tumour: pl.Series | None) -> pl.DataFrame:
    """Return a row per tested clonotype, without the columns of the pair.

    Parameters
    ----------
    counts : PairCounts
    called : CalledChanges
        Of these counts.
    tumour : polars Series or None
        Clonotypes of the participant's tumour; None where there is none to ask.
    """
    before, after = counts.before[called.kinds], counts.after[called.kinds]
    rows = (
        counts
        .names[called.kinds]
        .with_columns(
            count_before=pl.Series(before),
            count_after=pl.Series(after),
            share_before=pl.Series(before / counts.before.sum()),
            share_after=pl.Series(after / counts.after.sum()),
            fold_change=pl.Series(called.fold_changes),
            ci_low=pl.Series(called.ci_low),
            ci_high=pl.Series(np.where(np.isinf(called.ci_high), np.nan, called.ci_high)),
            p_value=pl.Series(called.p_values),
            q_value=pl.Series(called.q_values),
            fisher_p=pl.Series(called.fisher_p),
            call=pl.Series([_CALLS[int(one)] for one in called.calls], dtype=pl.String),
            is_singleton_before=pl.Series(before == 1),
        )
        .with_columns(pl.col("ci_high").fill_nan(None))
    )
    if tumour is None:
        return rows.with_columns(pl.lit(None, dtype=pl.Boolean).alias("is_in_tumour"))
    return rows.with_columns(pl.col("clonotype").is_in(tumour.implode()).alias("is_in_tumour"))


def pair_summary(
    counts: PairCounts, called: CalledChanges, rows: pl.DataFrame, dispersion: float
) -> Row:
    """Return numbers of changed and novel clones of a pair.

    Parameters
    ----------
    counts : PairCounts
    called : CalledChanges
    rows : polars DataFrame
        From `clone_rows`.
    dispersion : float
        That was used, for the novel ones.
    """
    expanded = rows.filter(pl.col("call") == "expanded")
    in_tumour = expanded["is_in_tumour"]
    return {
        "n_tested": rows.height,
        "n_expanded": expanded.height,
        "n_contracted": int((called.calls < 0).sum()),
        "n_fisher": int((called.fisher_q < _LEVEL).sum()),
        "expanded_mass_before": float(expanded["share_before"].sum()),
        "expanded_mass_after": float(expanded["share_after"].sum()),
        "n_expanded_in_tumour": (
            int(in_tumour.sum()) if rows["is_in_tumour"].is_not_null().any() else None
        ),
        "n_singletons": int((counts.before == 1).sum()),
        "n_singletons_expanded": int(expanded["is_singleton_before"].sum()),
        "n_singletons_by_chance": called.n_singletons_by_chance,
        **_novelty(counts, dispersion),
    }


def _novelty(counts: PairCounts, dispersion: float) -> Row:
    """Return novel clones and what depth gives; the excess is of those counted at least twice."""
    before, after = counts.before, counts.after
    between = draw_dispersion(counts, of_libraries=dispersion)
    novel = novel_kinds(
        before,
        after,
        dispersion=between.value,
        dispersion_error=between.error,
        by_kept_kinds=True,
    )
    n_repeated, n_new = (int(one.sum()) for one in (after >= 2, (before == 0) & (after >= 2)))
    no_novelty = f"no novelty: {novel.status}" if novel.status else ""
    row: Row = {
        "draw_dispersion": between.value,
        "n_after": int((after > 0).sum()),
        "n_novel": novel.observed,
        "novel_mass": novel.individuals / novel.n_after if novel.n_after else None,
        "n_repeated_after": n_repeated,
        "n_repeated_novel": n_new,
        "status": "; ".join(part for part in (between.status, no_novelty) if part),
    }
    if not novel.status:
        row["n_novel_expected"] = novel.expected
        row["novel_mass_expected"] = novel.expected_individuals / novel.n_after
        row |= _excess(novel, n_new, n_repeated)
    return row


def _excess(novel: NovelKinds, n_new: int, n_repeated: int) -> Row:
    # Clones counted once after and not before add nothing: the excess is that of the others.
    error = (novel.ci_high - novel.ci_low) / 2.0 / normal_quantile(0.95)
    return {
        "n_repeated_novel_expected": n_new - novel.excess,
        "novel_excess": novel.excess / n_repeated,
        "novel_excess_ci_low": novel.ci_low / n_repeated,
        "novel_excess_ci_high": novel.ci_high / n_repeated,
        "novel_p_value": float(special.ndtr(-novel.excess / error)),
    }


def matched_numbers(
    counts: PairCounts, dispersion: float, depth: int | None, *, rng: np.random.Generator
) -> Mapping[str, object]:
    """Return what is called when both repertoires are thinned to one depth: means of ten draws.

    Parameters
    ----------
    counts : PairCounts
    dispersion : float
    depth : int or None
        None where no repertoire of the kind is large enough.
    rng : numpy Generator

    Returns
    -------
    numbers : mapping
        Nothing where a repertoire is smaller than the depth.
    """
    if depth is None or min(counts.before.sum(), counts.after.sum()) < depth:
        return {}
    found = []
    for _ in range(_DRAWS):
        before = thinned(counts.before, depth, rng=rng)
        after = thinned(counts.after, depth, rng=rng)
        called = called_changes(before, after, dispersion=dispersion, with_fisher=False)
        expanded = called.kinds[called.calls > 0]
        found.append([
            expanded.size,
            (before[expanded] == 1).sum(),
            after[expanded].sum() / depth,
        ])
    number, singletons, mass = np.mean(found, axis=0)
    return {
        "matched_depth": depth,
        "n_expanded_matched": float(number),
        "n_singletons_expanded_matched": float(singletons),
        "expanded_mass_matched": float(mass),
    }
