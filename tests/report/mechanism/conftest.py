"""Runs of a made-up model: what pictures draw does not depend on the equations."""

import numpy as np
import polars as pl
import pytest

from macroimmune.report.mechanism import Dose, ModelRun

DAYS = np.arange(-20.0, 61.0)


def made_run(name, factor, doses=()):
    grown = np.where(DAYS >= -14, np.exp(0.15 * (DAYS + 14)), 0.0) * factor
    return ModelRun(
        name,
        pl.DataFrame({
            "day": DAYS,
            "HSC_bm": np.full(DAYS.size, 0.01),
            "Neu_bl": 20.0 * factor + 0 * DAYS,
            "PMN_bl": 0.3 + grown,
            "E8_ln": grown / 100,
            "GCSF": 1.0 + grown / 10,
            "Tum": grown,
            "burden": grown / (50 + grown),
        }),
        doses=doses,
        tumour_days=14.0,
        host="mouse, generic tumour",
        resting={"HSC_bm": 0.005, "Neu_bl": 20.0, "PMN_bl": 0.3, "Tum": 0.0, "GCSF": 1.0},
    )


@pytest.fixture(scope="session")
def runs():
    return (
        made_run("untreated <b>", 1.0),
        made_run("half", 0.5, (Dose("anti-X", "10 (Kd)", (0.0, 7.0)), Dose("cut", "1", (90.0,)))),
        made_run("triple", 3.0),
    )
