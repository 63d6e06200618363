"""Fixtures that several tests share: small studies built by hand, and the public cohorts."""

import os
from pathlib import Path
from types import MappingProxyType

import polars as pl
import pytest
from hypothesis import settings

from macroimmune.schema import TABLES
from macroimmune.study import AnalysisSettings, Study

# Copies of what tests read do not belong in the user's cache.
os.environ["MACROIMMUNE_REPERTOIRE_CACHE"] = "off"

# The same examples on every machine, and no alarm when one of them is slow.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def public_data() -> Path:
    """Return the folder of the public cohorts; skip where it is not there."""
    folder = os.environ.get("MACROIMMUNE_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("MACROIMMUNE_DATA does not name the folder of the public cohorts")
    return Path(folder)


@pytest.fixture
def make_study():
    """Return a function that builds a study from rows in our own columns."""

    def build(*, analysis: AnalysisSettings | None = None, **tables: list[dict]) -> Study:
        frames = {}
        for name, table in TABLES.items():
            rows = tables.get(name, [])
            filled = [{column: row.get(column) for column in table.schema} for row in rows]
            frames[name] = pl.DataFrame(filled, schema=table.schema)
        return Study(
            name="by hand",
            tables=MappingProxyType(frames),
            analysis=analysis or AnalysisSettings(),
            findings=(),
            flow=(),
            files=(),
            settings_text="",
        )

    return build
