"""The columns of participants that a study declares to adjust for, as covariates of a model."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.schema import TABLES
from macroimmune.statistics import ColumnKind
from macroimmune.study import Study

__all__ = ["AdjustingColumn", "adjusting_columns"]

_KINDS = {column.name: column.kind for column in TABLES["participants"].columns}


@dataclass(frozen=True, slots=True, eq=False)
class AdjustingColumn:
    """One column of participants as covariates.

    Parameters
    ----------
    name : str
        In words.
    values : float array, shape (participants, covariates)
        One covariate for numbers and for two categories; one less than the categories
        otherwise. NaN where it is missing.
    kind : {"continuous", "yes or no"} or None
        How missing values can be imputed; None for more than two categories, which are not.
    """

    name: str
    values: NDArray[np.float64]
    kind: ColumnKind | None

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Who lacks it, shape (participants,)."""
        return np.asarray(np.isnan(self.values).any(axis=1))


def adjusting_columns(
    study: Study, strata: tuple[str, ...]
) -> tuple[tuple[AdjustingColumn, ...], tuple[str, ...]]:
    """Return the declared columns as covariates, and those that are strata already.

    Parameters
    ----------
    study : Study
    strata : tuple of str
        Columns that stratify the model: adjusting for them again would change nothing.

    Returns
    -------
    columns : tuple of AdjustingColumn
        In the declared order; categories against the most frequent one.
    already : tuple of str
    """
    names = study.analysis.adjust_for
    already = tuple(_words(name) for name in names if name in strata)
    columns = [
        _column(_words(name), study.participants[name], _KINDS[name])
        for name in names
        if name not in strata
    ]
    return tuple(columns), already


def _words(name: str) -> str:
    return name.replace("_", " ")


def _column(name: str, series: pl.Series, kind: str) -> AdjustingColumn:
    if kind == "number":
        values = series.cast(pl.Float64).fill_null(np.nan).to_numpy()
        return AdjustingColumn(name, values[:, None].copy(), "continuous")
    text = series.cast(pl.String)
    known = text.drop_nulls().value_counts().sort("count", text.name, descending=[True, False])
    others = known[text.name].to_list()[1:]
    values = np.column_stack([
        np.empty((text.len(), 0)),
        *((text == other).cast(pl.Float64).fill_null(np.nan).to_numpy() for other in others),
    ])
    if not others:
        # One category in all who have it: a constant, with its gaps.
        values = np.where(text.is_null().to_numpy(), np.nan, 0.0)[:, None]
    return AdjustingColumn(name, values, "yes or no" if values.shape[1] == 1 else None)
