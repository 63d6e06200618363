"""Faults of a file: the first rows of each kind, the number of all, and what to do."""

import re
from importlib.resources import files

import numpy as np
import polars as pl

from macroimmune.repertoires.reading.chain_faults import (
    FAULT_ADVICE,
    FAULT_COLUMNS,
    MAX_EXAMPLES,
    FaultLog,
)


def test_every_kind_of_fault_that_is_noted_has_advice_and_no_other():
    folder = files("macroimmune.repertoires.reading")
    text = "".join(folder.joinpath(name).read_text() for name in ("chains.py", "chain_cells.py"))
    noted = re.findall(r"\.(?:fault|add|add_file)\(\s*\"([a-z-]+)\"", text)
    assert set(noted) == set(FAULT_ADVICE)


def test_examples_are_bounded_and_numbers_are_not():
    log = FaultLog()
    for start in (0, 100):
        rows = np.arange(start, start + 15)
        counts = pl.Series([2] * 15)
        log.add(
            "no-count", rows, pl.Series(["x" * 99] * 15), column="n", expected="y", counts=counts
        )
    found = log.frame()
    assert dict(found.schema) == dict(FAULT_COLUMNS)
    assert found["row"].to_list() == [*range(15), *range(100, 105)]
    assert len(found) == MAX_EXAMPLES
    assert found["n_rows"].unique().to_list() == [30]
    assert found["n_counted"].unique().to_list() == [60]
    assert found["found"].str.len_chars().max() == 60


def test_a_fault_in_no_row_is_none():
    log = FaultLog()
    log.add("no-count", np.array([], dtype=np.int64), pl.Series([]), column="", expected="")
    assert log.frame().is_empty()
