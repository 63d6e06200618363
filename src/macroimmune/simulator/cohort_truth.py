"""The effects that a virtual cohort holds: those that made it, and those that a fit will see."""

from importlib.resources import files
from io import StringIO

import polars as pl

from macroimmune.results import RESULT_TABLES, conform

__all__ = ["true_effects"]


def true_effects() -> pl.DataFrame:
    """Return the true effects of every feature on every endpoint.

    Returns
    -------
    truth : polars DataFrame
        The table `truth` of the results contract. `is_null` says that the feature has no effect of
        its own (`conditional` is 1); it may still go with the outcome through a cause that it is
        correlated with, or shares a count with: then `marginal` is not 1.

    Notes
    -----
    Convention: `marginal` is what the univariable Cox or logistic model estimates, for patients
    followed up as the virtual ones are. Checked against: it is R `coxph` (Efron) and `glm` on a
    million generated patients, by `reference/virtual_cohort_truth/run.sh`.
    """
    text = files("macroimmune.simulator").joinpath("truth.csv").read_text(encoding="utf-8")
    frame = pl.read_csv(StringIO(text), schema_overrides=RESULT_TABLES["truth"].schema)
    return conform("truth", frame)
