"""Clones of a run as rows: where each comes from, when it was first seen where, how many cells."""

import numpy as np
import polars as pl

from macroimmune.mechanism.clones.clone_history import CloneHistory

__all__ = ["clone_table"]


def clone_table(history: CloneHistory) -> pl.DataFrame:
    """Return one row per clone, day and subset in which it has cells.

    Parameters
    ----------
    history : CloneHistory

    Returns
    -------
    table : polars.DataFrame
        `clone` (from 0), `origin` (`resident`: in the tumour by day 0; `blood`: in blood by then,
        not in the tumour; `new`: in neither), `founded_day`, `first_day_in_blood`,
        `first_day_in_tumour` (null: never), `day`, `subset`, `cells`.
    """
    day, clone, subset = np.nonzero(history.cells)
    names = np.array(history.subsets)
    return pl.DataFrame({
        "clone": clone,
        "origin": history.origins()[clone],
        "founded_day": history.founded[clone],
        "first_day_in_blood": history.first_in_blood[clone],
        "first_day_in_tumour": history.first_in_tumour[clone],
        "day": history.days[day],
        "subset": names[subset],
        "cells": history.cells[day, clone, subset],
    }).with_columns(pl.col("first_day_in_blood", "first_day_in_tumour").fill_nan(None))
