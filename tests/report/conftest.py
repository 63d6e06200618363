"""Results folders of a made-up study."""

import importlib.util
from pathlib import Path

import pytest


def _module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _synthetic_results():
    return _module(Path(__file__).with_name("synthetic_results.py"))


@pytest.fixture(scope="session")
def made():
    """The module that makes tables of stimulation."""
    return _module(Path(__file__).parent / "response" / "response_tables.py")


@pytest.fixture(scope="session")
def results(tmp_path_factory) -> Path:
    """A small results folder; tests that write copy it first."""
    folder = tmp_path_factory.mktemp("results") / "made-up"
    return _synthetic_results().write_synthetic_results(folder)
