"""The ledger: every test that was run, in order, and the q-values over all of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from macroimmune.results import conform, empty
from macroimmune.statistics import q_values

__all__ = ["KEYS", "OUTCOME", "TREATMENT", "LedgerEntry", "ledger_frame", "with_q_values"]

OUTCOME, TREATMENT = "outcome", "treatment"
KEYS = ["feature", "endpoint", "landmark_days", "method"]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One test that was run, or that could not be.

    Parameters
    ----------
    feature, endpoint : str
    landmark_days : float or None
    method : str
        The test, as it stands in `associations.csv`.
    p_value : float
        NaN where there is none; `status` then says why.
    status : str
    is_diagnostic : bool
        A test of the model and not of a biomarker (proportional hazards); it has no q-value.
    is_of_treatment : bool
        A test of what treatment does to a biomarker or to outcome, not of what a biomarker says
        of outcome. Most such effects are real and would loosen the threshold for the others, so
        these tests are a family of their own.
    """

    feature: str
    endpoint: str
    landmark_days: float | None
    method: str
    p_value: float
    status: str
    is_diagnostic: bool = False
    is_of_treatment: bool = False

    @property
    def family(self) -> str:
        """The family of q-values that the test belongs to; empty for none."""
        if self.is_diagnostic:
            return ""
        return TREATMENT if self.is_of_treatment else OUTCOME


def ledger_frame(entries: Iterable[LedgerEntry]) -> pl.DataFrame:
    """Return the ledger with Benjamini-Hochberg q-values over every test of a biomarker.

    Parameters
    ----------
    entries : iterable of LedgerEntry
        In the order in which the tests were run.

    Returns
    -------
    ledger : polars DataFrame
        The table `ledger` of the results contract.

    Notes
    -----
    Convention: one family for all tests of biomarkers against outcomes: all endpoints, landmarks,
    forms of a marker and interactions together; a second one for what treatment does. Tests of a
    model's assumptions stand in the ledger without a q-value.
    """
    listed = list(entries)
    if not listed:
        return empty("ledger")
    p_value = np.array([entry.p_value for entry in listed])
    family = np.array([entry.family for entry in listed])
    q_value = np.full(p_value.size, np.nan)
    for name in (OUTCOME, TREATMENT):
        q_value[family == name] = q_values(p_value[family == name])
    return conform(
        "ledger",
        pl.DataFrame(
            {
                "order": np.arange(1, len(listed) + 1),
                "feature": [entry.feature for entry in listed],
                "endpoint": [entry.endpoint for entry in listed],
                "landmark_days": [entry.landmark_days for entry in listed],
                "method": [entry.method for entry in listed],
                "p_value": p_value,
                "family": family,
                "q_value": q_value,
                "status": [entry.status for entry in listed],
            },
            schema_overrides={"landmark_days": pl.Float64},
        ),
    )


def with_q_values(rows: pl.DataFrame, ledger: pl.DataFrame) -> pl.DataFrame:
    """Return `rows`, which carry the keys of the ledger, with the q-values found there."""
    found = ledger.select(*KEYS, "q_value").unique(KEYS, keep="first")
    return rows.join(found, on=KEYS, how="left", nulls_equal=True, maintain_order="left")
