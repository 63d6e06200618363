"""How far the score depends on which cells are called effector CD4 T cells."""

import numpy as np
import polars as pl
from scipy.stats import spearmanr

from macroimmune.response.cell_minima import LEAST_FOR_SCORE
from macroimmune.response.score.series import SERIES
from macroimmune.results import conform, empty

__all__ = ["definitions_table"]

_LEAST = 3
_SAMPLE = ["participant_id", "sample_id"]


def definitions_table(
    scores: pl.DataFrame,
    everything: pl.DataFrame,
    reference: pl.DataFrame,
    declared: dict[str, tuple[str, ...]],
) -> pl.DataFrame:
    """Return the table `responsiveness_definitions`.

    Parameters
    ----------
    scores : polars DataFrame
        Rows of `responsiveness` with a score, of each participant the baseline sample.
    everything : polars DataFrame
        All rows of `responsiveness`, those without a score too.
    reference : polars DataFrame
        Table `responsiveness_reference`.
    declared : mapping from marker list to populations
        The primary one first.
    """
    rows = [
        {**key, **_compared(part, everything, people, populations[0], other)}
        for key, part in _series(scores)
        for people in [_people(reference, key)]
        for populations in [declared[str(key["marker_list"])]]
        for other in populations[1:]
    ]
    if not rows:
        return empty("responsiveness_definitions")
    return conform("responsiveness_definitions", pl.DataFrame(rows, infer_schema_length=None))


def _series(scores: pl.DataFrame) -> list[tuple[dict[str, object], pl.DataFrame]]:
    parts = scores.sort(SERIES).partition_by(SERIES, maintain_order=True)
    return [({name: part.row(0, named=True)[name] for name in SERIES}, part) for part in parts]


def _people(reference: pl.DataFrame, key: dict[str, object]) -> dict[str, str]:
    """Return in words against whom each population of a series is standardised."""
    mine = reference.filter(
        pl.col("marker") == "",
        *(pl.col(name).eq_missing(pl.lit(value)) for name, value in key.items()),
    )
    return {
        row["population"]: f"{row['reference']}, {row['n_reference']} people"
        for row in mine.iter_rows(named=True)
    }


def _compared(
    scores: pl.DataFrame,
    everything: pl.DataFrame,
    people: dict[str, str],
    primary: str,
    other: str,
) -> dict[str, object]:
    """Return how the scores of two populations of the same samples agree."""
    kept = scores.filter(pl.col("score").is_not_null()).select(*_SAMPLE, "population", "score")
    both = kept.filter(pl.col("population") == primary).join(
        kept.filter(pl.col("population") == other), on=_SAMPLE, suffix="_other"
    )
    first, second = both["score"].to_numpy(), both["score_other"].to_numpy()
    row: dict[str, object] = {
        "population": primary,
        "other": other,
        "n_samples": both.height,
        "spearman": None,
        "mean_difference": None,
        "difference_sd": None,
        "status": "",
    }
    without = _without(scores, everything, primary, other)
    if both.height and people.get(primary) != people.get(other):
        differ = (
            f"the references differ ({people.get(primary)}; {people.get(other)}): so does the mean"
        )
        without = "; ".join(filter(None, [differ, without]))
    row["status"] = without
    if both.height < _LEAST:
        few = f"{both.height} participants have both scores; {_LEAST} are needed"
        row["status"] = "; ".join(filter(None, [few, without]))
        return row
    difference = second - first
    row["mean_difference"] = float(difference.mean())
    row["difference_sd"] = float(difference.std(ddof=1))
    if np.ptp(first) > 0 and np.ptp(second) > 0:
        row["spearman"] = float(spearmanr(first, second).statistic)
    else:
        alike = "no rank correlation: all scores of one population are alike"
        row["status"] = "; ".join(filter(None, [alike, without]))
    return row


def _without(scores: pl.DataFrame, everything: pl.DataFrame, primary: str, other: str) -> str:
    """Say how many participants with a score in the primary population have none in the other."""
    has = pl.col("score").is_not_null()
    scored = scores.filter(has & (pl.col("population") == primary))
    there = scores.filter(has & (pl.col("population") == other))
    none = scored.join(there, on=_SAMPLE, how="anti")
    if none.is_empty():
        return ""
    cells = pl.min_horizontal("n_unstimulated", "n_stimulated")
    few = everything.filter((pl.col("population") == other) & (cells < LEAST_FOR_SCORE))
    n_few = none.join(few, on=[*_SAMPLE, *SERIES], how="semi", nulls_equal=True).height
    said = f"{none.height} of {scored.height} participants have no score in {other}"
    return f"{said}, {n_few} for fewer than {LEAST_FOR_SCORE} cells" if n_few else said
