"""The ledger: every test that was run, in order, and the q-values over all of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from macroimmune.results import conform, empty
from macroimmune.statistics import q_values

__all__ = ["KEYS", "LedgerEntry", "ledger_frame", "with_q_values"]

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
    """

    feature: str
    endpoint: str
    landmark_days: float | None
    method: str
    p_value: float
    status: str
    is_diagnostic: bool = False


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
    Convention: one family for the whole run, all endpoints, landmarks, forms of a marker and
    interactions together; tests of a model's assumptions stand in the ledger without a q-value.
    """
    listed = list(entries)
    if not listed:
        return empty("ledger")
    p_value = np.array([entry.p_value for entry in listed])
    in_family = np.array([not entry.is_diagnostic for entry in listed])
    q_value = q_values(np.where(in_family, p_value, np.nan))
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
