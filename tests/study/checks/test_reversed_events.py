"""How often reversed flags are found, and how often right ones are blamed, in simulated studies."""

import numpy as np
import polars as pl
import pytest

from macroimmune.study import AnalysisSettings
from macroimmune.study.checks.reversed_events import REVERSED_EVENTS

STUDIES = 100


def simulate(rng: np.random.Generator) -> pl.DataFrame:
    """One study: Weibull survival, progression before death, staggered entry, some lost early."""
    n = int(rng.integers(30, 400))
    shape, median = rng.uniform(0.7, 1.4), rng.uniform(200, 900)
    scale = median / np.log(2) ** (1 / shape)
    # A frailty that progression and death share, so that they go together as in patients.
    frailty = rng.gamma(2.0, 0.5, n)
    death = scale * (rng.exponential(1, n) / frailty) ** (1 / shape)
    progression = 0.5 * scale * (rng.exponential(1, n) / frailty) ** (1 / shape)
    shortest = rng.uniform(60, 400)
    end = rng.uniform(shortest, shortest + rng.uniform(200, 900), n)
    lost = rng.exponential(365.25 / rng.uniform(0.005, 0.15), n)
    end = np.minimum(end, lost)
    # Progression is seen at scans; without it, PFS is censored at the last scan.
    last_scan = np.floor(np.minimum(end, death) / 60) * 60
    seen = np.ceil(progression / 60) * 60
    progressed = seen <= last_scan
    died = death <= end
    pfs_time = np.where(progressed, seen, np.where(died, death, last_scan))
    return pl.DataFrame({
        "participant_id": [str(one) for one in range(n)],
        "os_time_days": np.ceil(np.minimum(death, end)),
        "os_event": died,
        "pfs_time_days": np.ceil(pfs_time),
        "pfs_event": progressed | died,
    })


def blamed(outcomes: pl.DataFrame) -> set[str]:
    look = REVERSED_EVENTS.look({"outcomes": outcomes}, AnalysisSettings())
    return {finding.column for finding in look}


def _without_pfs(outcomes: pl.DataFrame) -> pl.DataFrame:
    return outcomes.drop("pfs_time_days", "pfs_event")


def _reverse(outcomes: pl.DataFrame, *columns: str) -> pl.DataFrame:
    return outcomes.with_columns(~pl.col(*columns))


def _rate(expected: str, change, seed: int = 20) -> float:
    rng = np.random.default_rng(seed)
    return float(np.mean([expected in blamed(change(simulate(rng))) for _ in range(STUDIES)]))


@pytest.mark.parametrize("column", ["os_event", "pfs_event"])
def test_right_flags_are_blamed_in_at_most_one_study_of_a_hundred(column) -> None:
    assert _rate(column, lambda outcomes: outcomes) <= 0.01


def test_right_flags_without_pfs_are_blamed_in_at_most_one_study_of_a_hundred() -> None:
    assert _rate("os_event", _without_pfs) <= 0.01


@pytest.mark.parametrize("reversed_flags", [("pfs_event",), ("os_event", "pfs_event")])
def test_reversed_pfs_flags_are_found_in_most_studies(reversed_flags) -> None:
    assert _rate("pfs_event", lambda outcomes: _reverse(outcomes, *reversed_flags)) >= 0.9


def test_a_reversed_os_flag_is_found_in_most_studies_with_pfs() -> None:
    assert _rate("os_event", lambda outcomes: _reverse(outcomes, "os_event")) >= 0.8


def test_progressive_disease_without_a_pfs_event_is_told() -> None:
    outcomes = pl.DataFrame({
        "participant_id": [str(one) for one in range(12)],
        "best_response": ["PD"] * 8 + ["PR"] * 4,
        "pfs_time_days": [50.0] * 8 + [300.0] * 4,
        "pfs_event": [False] * 7 + [True] * 5,
    })
    (finding,) = REVERSED_EVENTS.look({"outcomes": outcomes}, AnalysisSettings())
    assert finding.column == "pfs_event"
    assert "7 of 8" in finding.found
