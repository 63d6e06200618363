"""The files put together by hand that the tests of formats use too."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def fcs():
    """Return the function that puts an FCS file together from its parts."""
    path = Path(__file__).parents[2] / "formats" / "fcs_files.py"
    spec = importlib.util.spec_from_file_location("fcs_files", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.fcs
