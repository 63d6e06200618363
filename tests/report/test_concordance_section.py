"""Ways of gating beside each other say what the tables say."""

import dataclasses
import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.report.concordance_section import concordance_figures, concordance_section
from macroimmune.report.source import read_source
from macroimmune.report.ways_figure import PopulationShares, ways_figure
from macroimmune.results import RESULT_TABLES, conform, empty

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def silent(results):
    return read_source(results)


def frame(name, rows):
    columns = RESULT_TABLES[name].schema
    filled = [dict.fromkeys(columns) | row for row in rows]
    return conform(name, pl.DataFrame(filled, schema=columns))


def with_tables(source, **rows):
    tables = {name: frame(name, given) for name, given in rows.items()}
    return dataclasses.replace(source, tables={**source.tables, **tables})


def agreed(file, population, n, other, both, status=""):
    return {
        "raw_file": file,
        "population": population,
        "way": "automatic",
        "other_way": "labels",
        "n_cells": n,
        "n_other": other,
        "n_both": both,
        "f1": None if both is None else 2 * both / (n + other),
        "status": status,
    }


@pytest.fixture(scope="module")
def source(silent):
    return with_tables(
        silent,
        concordance=[
            agreed("a.fcs", "nk", 90, 100, 80),
            agreed("b.fcs", "nk", 10, 10, 5, "no less"),
            agreed("a.fcs", HOSTILE, 4, None, None, "not told by labels"),
            agreed("a.fcs", "b_cell", None, 7, None, "not told by automatic"),
        ],
        cytometry_quality=[
            {"raw_file": "a.fcs", "n_cells": 1000},
            {"raw_file": "b.fcs", "n_cells": 100},
            {"raw_file": "empty.fcs", "n_cells": 0},
        ],
        way_differences=[
            {
                "population": "nk",
                "parent": "",
                "way": "automatic",
                "other_way": "labels",
                "n_files": 4,
                "n": 3,
                "mean_difference": -1.5,
                "ci_low": -2.0,
                "ci_high": -1.0,
                "limit_low": -3.0,
                "limit_high": 0.0,
                "correlation": 0.9,
                "status": "no interval of the correlation: three units",
            },
            {"population": "b_cell", "status": "too few", "n": 1, "n_files": 1},
            {"population": "t_cell", "status": "too few", "n": 1, "n_files": 1},
        ],
    )


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_without_two_ways_there_is_no_section(silent):
    nothing = dataclasses.replace(
        silent, tables={**silent.tables, "concordance": empty("concordance")}
    )
    assert concordance_section(nothing) is None
    assert concordance_figures(nothing) == ()


def test_cells_in_common_are_summed_over_files_and_the_worst_file_is_told(source):
    section = concordance_section(source)
    assert section.lead.startswith("2 files, gated in 2 ways: automatic, labels.")
    [row] = texts(section.cells)
    assert row == [
        "natural killer cells", "automatic", "labels", "2", "100", "110", "85",
        "0.850", "0.773", "0.810", "0.500", "no less",
    ]  # fmt: skip


def test_populations_that_one_way_alone_tells_are_named(source):
    assert concordance_section(source).alone == (
        "2 shares not compared over files: too few.",
        f"Told by automatic and not by labels: {HOSTILE}.",
        "Told by labels and not by automatic: B cells.",
    )


def test_differences_show_estimates_only(source):
    [row] = texts(concordance_section(source).differences)
    assert row[:6] == ["natural killer cells", "live single cells", "automatic", "labels", "4", "3"]
    assert row[6:10] == ["-1.5", "-2 to -1", "-3 to 0", "0.90"]


def test_the_figure_shows_shares_of_the_same_cells(source):
    [part] = concordance_figures(source)
    # 90 of 1000 and 10 of 100; 100 of 1000 and 10 of 100.
    assert part.figure.description.endswith(
        "natural killer cells: automatic 9.5 % (2 files), labels 10 % (2 files)."
    )


def test_files_without_live_cells_are_not_drawn(silent):
    rows = [agreed("a.fcs", "nk", 5, 5, 5), agreed("b.fcs", "nk", 5, 5, 5)]
    quality = [{"raw_file": "a.fcs", "n_cells": 0}, {"raw_file": "b.fcs", "n_cells": 10}]
    [part] = concordance_figures(with_tables(silent, concordance=rows, cytometry_quality=quality))
    assert "automatic 50 % (1 file)" in part.figure.description
    assert concordance_figures(with_tables(silent, concordance=rows, cytometry_quality=[])) == ()


def test_many_populations_fill_several_figures(silent):
    names = [f"p{k}" for k in range(25)]
    crowded = with_tables(
        silent,
        concordance=[agreed("a.fcs", name, 5, 5, 5) for name in names],
        cytometry_quality=[{"raw_file": "a.fcs", "n_cells": 10}],
    )
    assert [part.figure.name for part in concordance_figures(crowded)] == [
        "ways-of-gating-1",
        "ways-of-gating-2",
        "ways-of-gating-3",
    ]


@given(
    st.lists(st.lists(st.floats(0, 100), min_size=1, max_size=6), min_size=1, max_size=4),
)
def test_everything_is_drawn_inside_the_figure_and_words_are_escaped(values):
    ways = [f"way {k}" for k in range(len(values))]
    shares = {way: np.array(v) for way, v in zip(ways, values, strict=True)}
    figure = ways_figure("x", [PopulationShares(HOSTILE, shares)], ways, title="t")
    assert "<script>" not in figure.body
    for x, y in re.findall(r"M(-?\d+) (-?\d+)", figure.body):
        assert 0 <= int(x) <= figure.width
        assert 0 <= int(y) <= figure.height
