"""Batches that go along with time point, arm or outcome, so that nothing can tell them apart."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import chi2_contingency, fisher_exact

from macroimmune.outcomes import Survival
from macroimmune.results import Finding
from macroimmune.schema import TABLES, Endpoint
from macroimmune.statistics import log_rank
from macroimmune.study.checks.check import Check, Tables, rows_of, survival_rows
from macroimmune.study.study import AnalysisSettings

__all__ = ["BATCHES"]

_FEWEST = 10
_STRONG = 0.4
_P_VALUE = 1e-3
_P_VALUE_COMPLETE = 1e-2
_RATIO = 2.0
_TIMEPOINT, _START = ("timepoint", "time point"), ("side", "sampling time")
_PLURALS = {"kind of stimulation": "kinds of stimulation"}
_WITHIN = "Show results within batches; adjustment removes part of the effect as well."
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
        else _WITHIN
    )
    found = (
        f"batch goes with {words}: Cramer's V {cramers_v:.2f}, p {p_value:.1g}, "
        f"{known['batch'].n_unique()} batches"
    )
    yield _finding(known, found, f"batches that mix {_PLURALS.get(words, words + 's')}", advice)


def _compare_survival(
    once: pl.DataFrame, outcomes: pl.DataFrame, endpoint: Endpoint
) -> Iterator[Finding]:
    """Yield a finding where survival differs strongly between batches.

    Event flags alone miss it where nearly everyone dies, early in one batch and late in another.
    A participant with samples in several batches belongs to none of them.
    """
    of_one = once.filter(pl.len().over("participant_id") == 1)
    rows = of_one.join(outcomes, on="participant_id", how="inner", suffix="_of_outcomes")
    # Times that cannot be are told of elsewhere.
    entry, time = pl.col("entry_days").fill_null(0.0), pl.col(endpoint.time)
    rows = rows.filter((entry >= 0) & (time > entry) & time.is_finite())
    rows = rows.filter(pl.len().over("batch") >= _FEWEST)
    if rows["batch"].n_unique() < 2:
        return
    survival = Survival(
        time=rows[endpoint.time].to_numpy(),
        event=rows[endpoint.event].to_numpy(),
        entry=rows["entry_days"].fill_null(0.0).to_numpy(),
    )
    test = log_rank(survival, rows["batch"].to_numpy())
    rates = test.observed / np.maximum(test.expected, 1e-12)
    if not test.p_value < _P_VALUE or rates.max() < _RATIO * rates.min():
        return
    found = (
        f"batch goes with {endpoint.name}: log-rank p {test.p_value:.1g}, events over those "
        f"expected {rates.min():.2f} to {rates.max():.2f} in {test.groups.size} batches"
    )
    yield _finding(rows, found, f"batches that do not differ in {endpoint.name}", _WITHIN)


def _finding(rows: pl.DataFrame, found: str, expected: str, advice: str) -> Finding:
    file = rows["source_file"][0] or ""
    return Finding("warning", "batch-confounded", file, None, "batch", found, expected, advice)


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    yield from _look_at(rows_of(tables, "samples").drop_nulls("batch"), tables)
    for table in TABLES.values():
        if table.lists_files and table.is_of_samples:
            yield from _of_files(tables, table.name)


def _of_files(tables: Tables, name: str) -> Iterator[Finding]:
    """Yield what the batches of the files of one table go along with."""
    names = rows_of(tables, "samples").select("sample_id", "timepoint").unique("sample_id")
    files = rows_of(tables, name).drop_nulls("batch")
    files = files.join(names, on="sample_id", how="left", maintain_order="left")
    if "stimulus" in files.columns:
        wells = files.with_columns(pl.col("stimulus").fill_null("none"))
        yield from _compare(wells, "stimulus", "kind of stimulation")
    yield from _look_at(files, tables)


def _look_at(samples: pl.DataFrame, tables: Tables) -> Iterator[Finding]:
    """Yield what the batches of samples, or of the files of one table, go along with."""
    day = pl.col("days_from_treatment_start")
    before = pl.when(day <= 0).then(pl.lit("before")).when(day > 0).then(pl.lit("after"))
    # Wells of one sample are one draw, not several.
    named = samples.unique(["sample_id", "batch"], maintain_order=True).with_columns(side=before)
    # Names of time points say more than days; days tell where there are no names.
    has_names = samples["timepoint"].drop_nulls().n_unique() > 1
    yield from _compare(named, *(_TIMEPOINT if has_names else _START))
    # The participant is the unit: repeated samples of one person in a batch count once.
    once = samples.unique(["participant_id", "batch"], maintain_order=True)
    people = rows_of(tables, "participants").select("participant_id", "arm", "group", "cohort")
    once = once.join(people.unique("participant_id"), on="participant_id", how="left")
    outcomes = rows_of(tables, "outcomes").select("participant_id", *_OUTCOMES)
    once = once.join(outcomes.unique("participant_id"), on="participant_id", how="left")
    for factor in ("arm", "group", "cohort", *_OUTCOMES):
        yield from _compare(once, factor, factor.replace("_", " "))
    for endpoint, rows in survival_rows(tables):
        yield from _compare_survival(once, rows.unique("participant_id"), endpoint)


BATCHES = Check(("batch-confounded",), "batches that go with time, arm or outcome", _look)
