"""Clusters on the page: what the tables say, drawn and listed."""

import dataclasses
import math
import re

import numpy as np
import polars as pl
import pytest

from macroimmune.report.abundance_figure import AbundanceRow, abundance_figure
from macroimmune.report.cluster_heat_map import ClusterRow, cluster_heat_map, heat_steps
from macroimmune.report.clusters_section import cluster_figures, clusters_section
from macroimmune.report.source import read_source
from macroimmune.results import RESULT_TABLES, conform, empty

HOSTILE = '<script>alert("x")</script>'
FILES = [f"f{place}.fcs" for place in range(6)]


@pytest.fixture(scope="module")
def silent(results):
    source = read_source(results)
    names = ("clusters", "cluster_abundance", "compared_files", "differential_abundance")
    return dataclasses.replace(source, tables={**source.tables, **{n: empty(n) for n in names}})


def frame(name, rows):
    columns = RESULT_TABLES[name].schema
    filled = [dict.fromkeys(columns) | row for row in rows]
    return conform(name, pl.DataFrame(filled, schema=columns))


@pytest.fixture
def clustered(silent):
    tables = {
        "clusters": [
            {
                "panel": "T", "cluster": cluster, "name": name, "antigen": antigen,
                "median": median, "n_cells": 1234, "stability": 0.9,
            }
            for cluster, name, medians in [
                ("1", "CD8 T cells (91 %): CD45RA+", (5.0, 1.0)),
                ("2", HOSTILE, (0.0, None)),
            ]
            for antigen, median in zip(("CD3", "Ki67"), medians, strict=True)
        ],
        "cluster_abundance": [
            {"raw_file": file, "panel": "T", "cluster": cluster, "n_cells": n, "n_parent": 1000}
            for place, file in enumerate(FILES)
            for cluster, n in (("1", 100 * place), ("2", 7))
        ],
        "compared_files": [
            {"panel": "T", "comparison": "R v N", "raw_file": file, "group": "NR"[place > 2]}
            for place, file in enumerate(FILES)
        ],
        "differential_abundance": [
            {
                "panel": "T", "of": "clusters", "name": name, "comparison": "R v N",
                "odds_ratio": ratio, "ci_low": low, "ci_high": high, "p_value": p, "q_value": p,
                "n": 6, "method": "m", "status": status,
            }
            for name, ratio, low, high, p, status in [
                ("2", None, None, None, None, "too few cells"),
                ("1", 2.5, 1.5, 4.0, 0.01, ""),
            ]
        ],
    }  # fmt: skip
    filled = {name: frame(name, rows) for name, rows in tables.items()}
    return dataclasses.replace(silent, tables={**silent.tables, **filled})


def test_without_clusters_and_comparisons_there_is_no_section(silent):
    assert clusters_section(silent) is None
    assert list(cluster_figures(silent)) == []


def test_the_table_lists_the_smallest_p_first_and_reasons_where_there_is_none(clustered):
    rows = [[cell.text for cell in row] for row in clusters_section(clustered).differences.rows]
    assert rows[0][2:7] == [
        "1  CD8 T cells (91 %): CD45RA+", "R v N", "2.50 (1.50 to 4.00)", "0.0100", "0.0100",
    ]  # fmt: skip
    assert rows[1][4] == "–"
    assert rows[1][-1] == "too few cells"


def test_figures_are_a_heat_map_and_shares_by_group_and_hold_no_markup_of_a_name(clustered):
    heat, shares = cluster_figures(clustered)
    assert heat.heading == "Clusters by markers, T"
    assert shares.heading == "Clusters by group, T: R v N"
    assert "0 more" not in shares.note
    for part in (heat, shares):
        assert "<script" not in part.figure.body
        assert "CD8 T cells (91 %): CD45RA+" in part.figure.body


def test_comparisons_without_known_groups_have_a_table_and_no_figure(clustered):
    tables = {**clustered.tables, "compared_files": empty("compared_files")}
    section = clusters_section(dataclasses.replace(clustered, tables=tables))
    assert len(section.figures) == 1
    assert len(section.differences.rows) == 2


def test_populations_alone_are_compared_under_their_names(silent):
    tables = {
        "differential_abundance": frame(
            "differential_abundance",
            [{"panel": "T", "of": "populations", "name": "cd8_t", "comparison": "R v N"}],
        )
    }
    section = clusters_section(dataclasses.replace(silent, tables={**silent.tables, **tables}))
    assert section.lead == "Gated populations compared between groups."
    assert section.differences.rows[0][2].text == "CD8 T cells"
    assert section.figures == ()


def test_each_cell_of_the_heat_map_is_drawn_once_in_the_colour_of_its_median():
    medians = np.random.default_rng(1).normal(size=(9, 30))
    medians[2, 5] = math.nan
    rows = [ClusterRow(str(k), tuple(one), 10, None) for k, one in enumerate(medians.tolist())]
    figure = cluster_heat_map("heat", rows, [f"CD{k}" for k in range(30)], title="t")
    drawn = re.findall(r'<path d="([^"]*)" class="(h\w)"/>', figure.body)
    # The boxes of the legend come after the cells.
    paths = {look: commands for commands, look in drawn[:8]}
    steps = heat_steps(medians)
    for step in range(7):
        assert paths[f"h{step}"].count("M") == (steps == step).sum()
    assert paths["hx"].count("M") == 1
    assert (steps.max(axis=0) == 6).all()
    assert max(map(int, re.findall(r"M(\d+) ", figure.body))) < figure.width


def test_every_share_is_a_dot_within_the_axes_zero_too():
    rows = [
        AbundanceRow("a", ((0.0, 0.02, 3.0), (55.0,)), 0.2),
        AbundanceRow("b", ((), (1.0,)), None),
    ]
    figure = abundance_figure("x", rows, ["one", "two"], title="t", axis="%")
    drawn = re.findall(r'<path d="([^"]*)" class="d\d"/>', figure.body)
    places = [(int(x), int(y)) for part in drawn for x, y in re.findall(r"M(\d+) (\d+)h0", part)]
    assert len(places) == 5
    assert min(x for x, _ in places) == 770
    assert max(x for x, _ in places) < 1540
    assert all(70 <= y <= figure.height for _, y in places)
