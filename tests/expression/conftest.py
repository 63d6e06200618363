import io
import sys

import numpy as np
import polars as pl
import pytest
from tests.expression.small_matrices import drawn_counts, matrix_of

from macroimmune.expression import counting_task
from macroimmune.formats import write_h5ad
from macroimmune.study import load_study
from macroimmune.work import DONE


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.fixture
def in_this_process(monkeypatch):
    """Read files in this process: another one needs seconds to start."""

    def run(code, asked, *, seconds):
        assert "main()" in code
        assert seconds > 0
        said = io.StringIO()
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdin", io.StringIO(asked))
            patched.setattr(sys, "stdout", said)
            counting_task.main()
        last = said.getvalue().splitlines()[-1]
        return "" if last == DONE else last

    monkeypatch.setattr(counting_task, "run_guarded", run)


@pytest.fixture
def donors_study(tmp_path):
    """Return a function that writes a study of donors with two wells each and opens it."""
    pytest.importorskip("h5py")

    def write(*, donors=3, cells=60, conditions=("unstimulated", "IFN-beta"), seed=5, change=None):
        rng = np.random.default_rng(seed)
        rows, words = [], []
        for donor in range(donors):
            for condition in conditions:
                factor = 1.0 if condition == "unstimulated" else 3.0 + donor
                rows.append(drawn_counts(rng, cells, factor=factor))
                words += [
                    (f"S{donor}", condition, "CD4 TEM" if cell % 4 else "NK")
                    for cell in range(cells)
                ]
        obs = pl.DataFrame(words, schema=["sample", "condition", "type"], orient="row")
        matrix = matrix_of(np.vstack(rows), obs)
        write_h5ad(tmp_path / "cells.h5ad", matrix if change is None else change(matrix))
        people = pl.DataFrame({"ID": [f"P{donor}" for donor in range(donors)]})
        people.write_csv(tmp_path / "people.csv")
        listed = pl.DataFrame({
            "ID": people["ID"],
            "Sample": [f"S{donor}" for donor in range(donors)],
            "File": ["cells.h5ad"] * donors,
        })
        listed.write_csv(tmp_path / "cells.csv")
        (tmp_path / "study.toml").write_text(SETTINGS, encoding="utf-8")
        return load_study(tmp_path)

    return write


SETTINGS = """
name = "cells"

[participants]
file = "people.csv"
participant_id = "ID"

[expression]
file = "cells.csv"
participant_id = "ID"
sample_id = "Sample"
raw_file = "File"
sample_column = { constant = "sample" }
stimulus_column = { constant = "condition" }
stimulus_minutes = { constant = 360, unit = "minute" }
population_column = { constant = "type" }
"""
