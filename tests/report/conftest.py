"""Results folders of a made-up study."""

import importlib.util
from pathlib import Path

import pytest


def _synthetic_results():
    path = Path(__file__).with_name("synthetic_results.py")
    spec = importlib.util.spec_from_file_location("synthetic_results", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def results(tmp_path_factory) -> Path:
    """A small results folder; tests that write copy it first."""
    folder = tmp_path_factory.mktemp("results") / "made-up"
    return _synthetic_results().write_synthetic_results(folder)
