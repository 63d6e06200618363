"""The generated cohort and the frozen answers of R, read from `reference/`."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from macroimmune.outcomes import Survival

REFERENCE = Path(__file__).parents[2] / "reference"


@pytest.fixture(scope="session")
def cohort() -> dict[str, np.ndarray]:
    table = pl.read_csv(REFERENCE / "cohort" / "cohort.csv")
    columns = {name: table[name].to_numpy() for name in table.columns}
    columns["event"] = columns["event"] == 1
    columns["response"] = columns["response"] == 1
    columns["x"] = np.column_stack([columns[name] for name in ("x1", "x2", "x3")])
    return columns


@pytest.fixture(scope="session")
def tied(cohort: dict[str, np.ndarray]) -> Survival:
    return Survival(time=cohort["time"], event=cohort["event"])


@pytest.fixture(scope="session")
def fine(cohort: dict[str, np.ndarray]) -> Survival:
    return Survival(time=cohort["fine_time"], event=cohort["event"])


@pytest.fixture(scope="session")
def late(cohort: dict[str, np.ndarray]) -> Survival:
    return Survival(time=cohort["time"], event=cohort["event"], entry=cohort["entry"])


@pytest.fixture(scope="session")
def expected() -> Callable[[str, str, str], np.ndarray]:
    tables: dict[str, dict[tuple[str, str], list[float]]] = {}

    def read(method: str, case: str, quantity: str) -> np.ndarray:
        if method not in tables:
            tables[method] = {}
            with (REFERENCE / method / "expected.csv").open(newline="") as file:
                for row in csv.DictReader(file):
                    key = (row["case"], row["quantity"])
                    tables[method].setdefault(key, []).append(float(row["value"]))
        return np.array(tables[method][case, quantity])

    return read
