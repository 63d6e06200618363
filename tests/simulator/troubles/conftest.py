"""A small virtual study without troubles, and what a check says of files."""

from importlib.resources import files as package_files

import numpy as np
import polars as pl
import pytest

from macroimmune.simulator import virtual_cohort
from macroimmune.simulator.study_files import DeliveredTable, StudyFiles
from macroimmune.study import checked, load_study


@pytest.fixture(scope="session")
def clean():
    """Give the files of a study of 60 patients that no drug but the harmless disturbs."""
    tables = dict(virtual_cohort(60, rng=np.random.default_rng(11)).tables)
    harmless = pl.col("Class") == "other"
    tables["medications.csv"] = tables["medications.csv"].filter(harmless)
    settings = package_files("macroimmune.simulator").joinpath("study.toml").read_text("utf-8")
    return StudyFiles({name: DeliveredTable(one) for name, one in tables.items()}, settings)


@pytest.fixture(scope="session")
def codes_of(tmp_path_factory):
    """Give a function that writes files and returns the codes of what a check finds in them."""

    def codes(files: StudyFiles) -> set[str]:
        folder = tmp_path_factory.mktemp("study")
        for name, table in files.tables.items():
            (folder / name).write_bytes(table.to_bytes())
        (folder / "study.toml").write_text(files.settings, encoding="utf-8")
        return {finding.code for finding in checked(load_study(folder)).findings}

    return codes


@pytest.fixture(scope="session")
def clean_codes(clean, codes_of):
    """Give what a check says of the study without troubles."""
    return codes_of(clean)
