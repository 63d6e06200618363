"""The summary numbers that come with the package."""

from functools import cache
from importlib.resources import files

import polars as pl

from macroimmune.simulator.calibration.summaries import TABLES, Summaries

__all__ = ["model_table", "shipped_summaries", "shipped_sources"]


@cache
def shipped_summaries() -> Summaries:
    """Return the summary numbers of public cohorts as they come with the package.

    Examples
    --------
    >>> shipped_summaries().marginals["cohort"][0]
    'chowell_train'
    """
    return Summaries(*(model_table(name) for name in TABLES))


@cache
def shipped_sources() -> pl.DataFrame:
    """Return where the summary numbers come from: file, checksum, licence, citation."""
    return model_table("sources")


@cache
def model_table(name: str) -> pl.DataFrame:
    """Return a packaged table: `model_variables`, `assumed_correlations`, or one of summaries."""
    path = files("macroimmune.simulator.calibration").joinpath("data", f"{name}.csv")
    return pl.read_csv(path.read_bytes(), infer_schema_length=None)
