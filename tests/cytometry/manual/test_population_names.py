"""The laboratory's own names for populations."""

import pytest

from macroimmune.cytometry.manual import checked_population_names, read_population_names
from macroimmune.cytometry.manual.population_names import population_id
from macroimmune.errors import InputError


def test_own_names_go_before_those_of_the_evidence_and_paths_before_names():
    names = {"B cells": "", "A/P1": "treg", "P1": "nk"}
    assert population_id("B cells", names) is None
    assert population_id("P1", names, path="A/P1") == "treg"
    assert population_id("P1", names, path="B/P1") == "nk"
    assert population_id("CD8+ T cells", names) == "cd8_t"


def test_a_table_of_names_is_read(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("name,population,remark\nP1,Tregs,x\nP2,,\n", encoding="utf-8")
    assert read_population_names(path) == {"P1": "treg", "P2": ""}


def test_populations_that_nobody_knows_are_refused_with_the_closest():
    with pytest.raises(InputError, match="settings, P1 = 'monocite': .* Did you mean 'monocyte'"):
        checked_population_names({"P1": "monocite"}, "settings")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("name,x\nP1,nk\n", "expected name and population"),
        ("name,population\na,nk\na,nk\n", "twice"),
    ],
)
def test_tables_that_do_not_fit_are_refused(tmp_path, text, match):
    path = tmp_path / "names.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=match):
        read_population_names(path)
