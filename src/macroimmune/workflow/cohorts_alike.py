"""Whether two results folders look as if they described the same patients, from totals alone."""

import math
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import polars as pl

from macroimmune.results import Finding, ResultsFolder

__all__ = ["alike_findings"]

CODE = "cohorts-look-alike"
_SAME = 1e-9
_SAME_ESTIMATE = 1e-6
_KEY = ["feature", "endpoint", "landmark_days", "effect", "method", "n", "n_events"]
_OUTCOME = ("n", "n_events", "person_days", "median_days", "median_follow_up_days")


def alike_findings(named: Mapping[str, ResultsFolder]) -> Iterator[Finding]:
    """Yield a finding for every two folders that seem to hold the same patients.

    Parameters
    ----------
    named : mapping from the name of a cohort to its results

    Notes
    -----
    Convention: two folders are alike where they share an endpoint with the same participants,
    events, days of observation and medians, or where more than half of the estimates that both
    give are the same with the same n and events. Order of rows, ids and file do not matter.
    Patients of one folder who are only a part of those of another cannot be recognised: that
    would need a trace of each patient, which can be guessed back from a few known values.
    """
    for (first, one), (second, other) in combinations(named.items(), 2):
        reasons = [*_same_outcomes(one, other), *_same_estimates(one, other)]
        if not reasons:
            continue
        yield Finding(
            "warning",
            CODE,
            str(other.path),
            None,
            "",
            f"{second} looks like {first}: {' and '.join(reasons)}",
            "cohorts of different participants",
            "If they are the same patients, leave one folder out: they count twice here.",
        )


def _same_outcomes(one: ResultsFolder, other: ResultsFolder) -> Iterator[str]:
    """Yield the first endpoint with the same totals, in words."""
    theirs = _endpoints(other)
    for name, mine in _endpoints(one).items():
        if name in theirs and _equal(mine, theirs[name]):
            yield (
                f"{mine['n_events']} events of {mine['n']} participants in the same "
                f"{mine['person_days']:.0f} days of observation ({name})"
            )
            return


def _endpoints(results: ResultsFolder) -> dict[str, Mapping[str, Any]]:
    study = results.run.get("study")
    listed = study.get("endpoints") if isinstance(study, dict) else None
    return {
        str(item.get("id")): item
        for item in listed or []
        if isinstance(item, dict) and item.get("person_days") and item.get("n_events")
    }


def _equal(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    pairs = [(one.get(name), other.get(name)) for name in _OUTCOME]
    return all(
        a is b if a is None or b is None else math.isclose(a, b, rel_tol=_SAME) for a, b in pairs
    )


def _same_estimates(one: ResultsFolder, other: ResultsFolder) -> Iterator[str]:
    """Yield how many estimates are the same, where that is most of them."""
    both = _estimates(one).join(_estimates(other), on=_KEY[:5], how="inner", nulls_equal=True)
    same = both.filter(
        (pl.col("n") == pl.col("n_right"))
        & (pl.col("n_events") == pl.col("n_events_right"))
        & pl.col("estimate").is_close(pl.col("estimate_right"), rel_tol=_SAME_ESTIMATE)
    )
    if same.height > both.height / 2:
        yield f"{same.height} of {both.height} estimates are the same"


def _estimates(results: ResultsFolder) -> pl.DataFrame:
    rows = results.table("associations").drop_nulls(["estimate", "ci_low", "ci_high"])
    return rows.select(*_KEY, "estimate").unique(_KEY[:5], keep="first")
