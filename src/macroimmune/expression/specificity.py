"""Whether the answer of a gene set is one of its own: beside sets that are expressed alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.evidence import gene_sets
from macroimmune.expression.expression_wells import ExpressionWell
from macroimmune.expression.matched_sets import matched_gene_sets, set_specificity

__all__ = ["with_specificity"]

_SETS = 1000


def with_specificity(
    responses: pl.DataFrame,
    wells: Mapping[str, ExpressionWell],
    pairs: pl.DataFrame,
    *,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Return the responses with a word on matched sets where all cells answer by an interferon set.

    Parameters
    ----------
    responses : polars DataFrame
        Table `stimulation_responses`.
    wells : mapping from name to ExpressionWell
    pairs : polars DataFrame
        Table `stimulation_pairs`.
    rng : numpy Generator

    Returns
    -------
    responses : polars DataFrame
        `status` of interferon sets in all cells says how many of 1,000 sets of other genes,
        expressed alike, change as much.

    Notes
    -----
    Convention: the change of a gene is that of log1p of counts per 10,000 of all cells of the
    well. Sets are matched by the mean of these levels over all wells with the same genes; genes of
    any interferon set are not drawn.
    """
    told = []
    drawn: dict[tuple[str, ...], Mapping[str, _Matched | str]] = {}
    for pair in pairs.filter(pl.col("unstimulated_file") != "").iter_rows(named=True):
        before, after = wells[pair["unstimulated_file"]], wells[pair["stimulated_file"]]
        genes = before.file.genes
        if genes != after.file.genes:
            continue
        if genes not in drawn:
            drawn[genes] = _matched(genes, list(wells.values()), rng)
        change = _logs(after) - _logs(before)
        for gene_set, matched in drawn[genes].items():
            words = matched if isinstance(matched, str) else _said(change, matched)
            told.append({
                "sample_id": pair["sample_id"],
                "batch": pair["batch"],
                "stimulus": pair["stimulus"],
                "stimulus_minutes": pair["stimulus_minutes"],
                "stimulus_dose": pair["stimulus_dose"],
                "population": "",
                "marker": gene_set,
                "_said": words,
            })
    if not told:
        return responses
    keys = [name for name in told[0] if name != "_said"]
    said = pl.DataFrame(told, infer_schema_length=None).cast({
        name: responses.schema[name] for name in keys
    })
    joined = responses.join(
        said.unique(keys, maintain_order=True),
        on=keys,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    both = pl.concat_str([pl.col("status"), pl.col("_said")], separator="; ")
    return joined.with_columns(
        pl
        .when(pl.col("_said").is_null())
        .then("status")
        .when(pl.col("status") == "")
        .then("_said")
        .otherwise(both)
        .alias("status")
    ).drop("_said")


@dataclass(frozen=True, slots=True, eq=False)
class _Matched:
    """Places of the genes of a set, and of those of the sets that are expressed alike."""

    members: NDArray[np.int64]
    sets: NDArray[np.int64]


def _matched(
    genes: tuple[str, ...], wells: Sequence[ExpressionWell], rng: np.random.Generator
) -> dict[str, _Matched | str]:
    """Return the matched sets of each interferon set, or why there are none."""
    alike = [_logs(well) for well in wells if well.file.genes == genes]
    level = np.mean(alike, axis=0)
    members = {one.id: _places(one.genes, genes) for one in gene_sets("interferon")}
    excluded = np.zeros(level.size, dtype=bool)
    for places in members.values():
        excluded[places] = True
    found: dict[str, _Matched | str] = {}
    for name, places in members.items():
        if not places.size:
            continue
        try:
            sets = matched_gene_sets(level, places, _SETS, excluded=excluded, rng=rng)
            found[name] = _Matched(places, sets)
        except InputError:
            found[name] = "too few other genes for sets that are expressed alike"
    return found


def _said(change: NDArray[np.float64], matched: _Matched) -> str:
    found = set_specificity(change, matched.members, matched.sets)
    return (
        f"{found.n_as_high} of {found.n_sets:,} sets of other genes that are expressed alike "
        "change as much"
    )


def _logs(well: ExpressionWell) -> NDArray[np.float64]:
    sums = well.counted.sums
    return np.asarray(np.log1p(1e4 * sums / max(float(sums.sum()), 1.0)))


def _places(genes: tuple[str, ...], names: tuple[str, ...]) -> NDArray[np.int64]:
    wanted = set(genes)
    return np.array([place for place, name in enumerate(names) if name in wanted], dtype=np.int64)
