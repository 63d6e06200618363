"""Batches that go along with time point, arm or outcome, so that nothing can tell them apart."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import chi2_contingency, fisher_exact

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["BATCHES"]

_FEWEST = 10
_STRONG = 0.4
_P_VALUE = 1e-3
_P_VALUE_COMPLETE = 1e-2
_OUTCOMES = ("response", "os_event", "pfs_event", "rfs_event", "pathological_complete_response")


def _association(table: NDArray[np.int64]) -> tuple[float, float]:
    """Return Cramer's V and a p-value: Fisher's for two by two, else chi-squared."""
    test = chi2_contingency(table, correction=False)
    cramers_v = float(np.sqrt(test.statistic / (table.sum() * (min(table.shape) - 1))))
    if table.shape == (2, 2):
        return cramers_v, float(fisher_exact(table).pvalue)
    return cramers_v, float(test.pvalue)


def _compare(rows: pl.DataFrame, factor: str, words: str) -> Iterator[Finding]:
    """Yield a finding where the batch and `factor` go together."""
    known = rows.drop_nulls(["batch", factor])
    if known.height < _FEWEST or min(known["batch"].n_unique(), known[factor].n_unique()) < 2:
        return
    if known["batch"].n_unique() > known.height / 2:
        return
    counts = known.group_by("batch", factor).len().pivot(factor, index="batch", values="len")
    table = counts.drop("batch").fill_null(0).to_numpy()
    cramers_v, p_value = _association(table)
    # Every batch holds one level only: no batch lets two levels be compared.
    complete = bool(((table > 0).sum(axis=1) == 1).all())
    if not (complete and p_value < _P_VALUE_COMPLETE) and not (
        cramers_v >= _STRONG and p_value < _P_VALUE
    ):
        return
    advice = (
        "Complete: every batch holds one kind only, so batch cannot be adjusted for, and "
        "differences may be those of the assay. Only samples measured again can tell."
        if complete
        else "Show results within batches; adjustment removes part of the effect as well."
    )
    yield Finding(
        "warning",
        "batch-confounded",
        known["source_file"][0] or "",
        None,
        "batch",
        f"batch goes with {words}: Cramer's V {cramers_v:.2f}, p {p_value:.1g}, "
        f"{known['batch'].n_unique()} batches",
        f"batches that mix {words}s",
        advice,
    )


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    samples = rows_of(tables, "samples").drop_nulls("batch")
    yield from _compare(samples, "timepoint", "time point")
    # The participant is the unit: repeated samples of one person in a batch count once.
    once = samples.unique(["participant_id", "batch"], maintain_order=True)
    people = rows_of(tables, "participants").select("participant_id", "arm", "group", "cohort")
    once = once.join(people.unique("participant_id"), on="participant_id", how="left")
    outcomes = rows_of(tables, "outcomes").select("participant_id", *_OUTCOMES)
    once = once.join(outcomes.unique("participant_id"), on="participant_id", how="left")
    for factor in ("arm", "group", "cohort", *_OUTCOMES):
        yield from _compare(once, factor, factor.replace("_", " "))


BATCHES = Check(("batch-confounded",), "batches that go with time, arm or outcome", _look)
