"""A file put together by hand for the tests of formats."""

import importlib.util
from io import BytesIO
from pathlib import Path

import pytest

from macroimmune.formats.fcs_reading import read_fcs_stream


@pytest.fixture(scope="session")
def fcs():
    """Return the function that puts an FCS file together from its parts."""
    path = Path(__file__).with_name("fcs_files.py")
    spec = importlib.util.spec_from_file_location("fcs_files", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.fcs


@pytest.fixture(scope="session")
def read():
    """Return a function that reads the bytes of an FCS file."""
    return lambda raw: read_fcs_stream(BytesIO(raw), "a.fcs")
