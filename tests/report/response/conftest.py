"""A results folder with stimulation, and its tables."""

import dataclasses
import importlib.util
from pathlib import Path

import pytest

from macroimmune.report.source import read_source


def _module():
    path = Path(__file__).with_name("response_tables.py")
    spec = importlib.util.spec_from_file_location("response_tables", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def made():
    """The module that makes tables."""
    return _module()


@pytest.fixture(scope="session")
def plain(results):
    """Results without any stimulation."""
    return read_source(results)


@pytest.fixture(scope="session")
def stimulated(plain, made):
    """Results of six donors with everything that stimulation leaves."""
    return dataclasses.replace(plain, tables={**plain.tables, **made.response_tables()})
