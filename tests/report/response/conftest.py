"""A results folder with stimulation, and its tables."""

import dataclasses

import pytest

from macroimmune.report.source import read_source


@pytest.fixture(scope="session")
def plain(results):
    """Results without any stimulation."""
    return read_source(results)


@pytest.fixture(scope="session")
def stimulated(plain, made):
    """Results of six donors with everything that stimulation leaves."""
    return dataclasses.replace(plain, tables={**plain.tables, **made.response_tables()})
