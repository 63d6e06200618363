"""Layouts of receptor chains: their fields are known, and every count has a heading."""

import pytest

from macroimmune.formats import RECEPTOR_LAYOUTS, usual_counts
from macroimmune.formats.airr_rearrangements import AIRR_COLUMNS
from macroimmune.formats.receptor_layout import FIELDS
from macroimmune.formats.tenx_contigs import CONTIG_COLUMNS
from macroimmune.schema import TABLES


def test_the_formats_are_those_of_the_table_that_lists_files():
    (column,) = [one for one in TABLES["repertoires"].columns if one.name == "format"]
    assert set(RECEPTOR_LAYOUTS) == set(column.categories)


@pytest.mark.parametrize("name", RECEPTOR_LAYOUTS)
def test_every_layout_speaks_of_known_fields_and_kinds_of_counts(name):
    layout = RECEPTOR_LAYOUTS[name]
    assert set(layout.headings) <= set(FIELDS)
    assert set(layout.counts) <= {"templates", "umis", "cells", "reads"}
    assert {"v_gene", "j_gene", "junction", "junction_aa"} <= set(layout.headings)


def test_columns_of_airr_and_10x_are_those_that_are_written():
    airr = [name for names in RECEPTOR_LAYOUTS["airr"].headings.values() for name in names]
    assert set(airr) - {"is_cell", "high_confidence"} <= set(AIRR_COLUMNS)
    contigs = [name for names in RECEPTOR_LAYOUTS["10x"].headings.values() for name in names]
    assert set(contigs) <= set(CONTIG_COLUMNS)


def test_duplicates_and_reads_never_stand_in_for_one_another_where_both_are_there():
    assert usual_counts("airr", "templates") == ("duplicate_count",)
    assert usual_counts("airr", "reads")[0] == "consensus_count"
    assert usual_counts("airr", "umis")[0] == "umi_count"
    assert "consensus_count" not in usual_counts("airr", "umis")
