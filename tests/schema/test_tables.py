"""The declarations agree with each other."""

from typing import get_args

import polars as pl
import pytest

from macroimmune.evidence import Role
from macroimmune.schema import ANALYTES, ENDPOINTS, TABLES
from macroimmune.units import find_unit


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_a_table_declares_each_column_once_and_its_key_among_them(table):
    names = [column.name for column in table.columns]
    assert len(names) == len(set(names))
    assert set(table.key) <= set(names)
    assert not table.measured or {table.measured, "value", "unit"} <= set(names)
    assert list(table.schema) == [*names, "source_file", "source_row"]


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_columns_have_what_their_kind_needs(table):
    for column in table.columns:
        assert (column.kind == "category") == bool(column.categories)
        assert not column.unit or (find_unit(column.unit).symbol == column.unit)
        assert column.low is None or column.high is None or column.low < column.high
        assert column.kind == "number" or column.low is column.high is None
        pl.DataFrame(schema={column.name: column.dtype})


def test_endpoints_are_columns_of_outcomes():
    outcomes = TABLES["outcomes"]
    for endpoint in ENDPOINTS.values():
        event = outcomes.column(endpoint.event)
        assert event is not None
        assert event.kind == "boolean"
        time = outcomes.column(endpoint.time)
        assert (time is not None) == (endpoint.kind == "survival")


def test_analytes_have_declared_units_and_ranges():
    for analyte in ANALYTES.values():
        assert find_unit(analyte.unit).symbol == analyte.unit
        assert analyte.low < analyte.high


def test_no_heading_names_two_analytes():
    owners: dict[str, set[str]] = {}
    for analyte in ANALYTES.values():
        for name in (analyte.id, *analyte.aliases):
            key = "".join(character for character in name.casefold() if character.isalnum())
            owners.setdefault(key, set()).add(analyte.id)
    assert {key: ids for key, ids in owners.items() if len(ids) > 1} == {}


def test_the_roles_of_channels_are_those_of_the_vocabulary_of_antigens():
    role = TABLES["panels"].column("role")
    assert role is not None
    assert role.categories == get_args(Role)
