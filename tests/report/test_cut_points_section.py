import re

import polars as pl
import pytest

from macroimmune.report.biomarker_section import biomarker_figures, biomarker_section
from macroimmune.report.cut_points_section import cut_figures, cut_points_section
from macroimmune.report.source import read_source


@pytest.fixture
def source(results):
    return read_source(results)


def test_every_cut_stands_in_the_table_with_the_continuous_effect_before_it(source):
    section = cut_points_section(source)
    assert "3 cuts: 1 fixed beforehand, 2 searched because the study asks for it" in section.lead
    assert "The continuous effect is the primary one" in section.lead
    headings = [column.heading for column in section.cuts.columns]
    searched, fixed, failed = (
        dict(zip(headings, (cell.text for cell in row), strict=True)) for row in section.cuts.rows
    )
    assert headings.index("Continuous effect") < headings.index("Cut")
    assert searched["Continuous effect"] == "1.82 (1.50 to 2.20) per SD"
    assert (searched["Cut"], searched["95 % of resamples"]) == ("-0.2", "-0.6 to 0.9")
    assert (searched["p"], searched["Ratio"]) == ("0.0312", "1.33")
    assert searched["95 % interval"] == "0.97 to 1.88"
    # What is inflated stands in the column that says so, and nowhere else.
    assert [name for name, text in searched.items() if "1.91" in text] == [
        "Apparent, inflated by the search"
    ]
    assert (fixed["Ratio"], fixed["95 % interval"]) == ("1.44", "1.04 to 1.99")
    assert fixed["Apparent, inflated by the search"] == "–"
    assert "no events" in failed["Status"]
    assert (failed["Cut"], failed["p"], failed["Ratio"]) == ("–", "–", "–")


def test_the_search_is_told_with_its_price_and_after_the_continuous_effect(source):
    search, sides = cut_figures(source, "nlr")
    assert search.note.startswith("The continuous effect is the primary one and stands above")
    for words in (
        "Adjusted for the search over cuts p = 0.0312",
        "shrunken for the search, 1.33 (0.97 to 1.88); apparent 1.91, inflated by the search",
        "in 95 % of resamples -0.6 to 0.9",
        "Unstable: only 44% of resamples",
    ):
        assert words in search.note
    assert "p = 0.0312 adjusted for the search" in sides.note
    assert "searched in these participants" in sides.note
    headings = [part.heading for part in biomarker_figures(source, "nlr")]
    assert headings[-2:] == [
        "Overall survival: search for a cut", "Overall survival: at the searched cut"
    ]  # fmt: skip
    assert headings.index("Overall survival: effect by value") < len(headings) - 2


def test_the_figure_shows_the_best_cut_its_interval_and_the_threshold(source):
    search, _ = cut_figures(source, "nlr")
    figure = search.figure
    x, y = map(int, re.search(r'd="M(\d+) (\d+)h0" class="best"', figure.body).groups())
    band = re.search(r'd="M(\d+) (\d+)V(\d+)H(\d+)V\d+z" class="b0"', figure.body).groups()
    assert int(band[0]) < x < int(band[3])
    threshold = int(re.search(r'd="M\d+ (\d+)L\d+ \d+" class="ref"', figure.body).group(1))
    # The statistic, 3.1, lies above the threshold, 2.95: smaller y.
    assert y < threshold
    assert "p = 0.0312, adjusted for the search" in figure.body
    assert "best cut -0.2" in figure.body
    assert "100 up to and 140 above" in figure.description


def test_a_cut_without_curves_has_no_figure(source):
    assert list(cut_figures(source, "m_mdsc")) == []
    assert list(cut_figures(source, "nobody")) == []


def test_a_run_without_cuts_has_no_such_section(source):
    tables = dict(source.tables) | {"cut_points": source.tables["cut_points"].clear()}
    object.__setattr__(source, "tables", tables)
    assert cut_points_section(source) is None


def test_only_fixed_cuts_are_not_spoken_of_as_searched(source):
    fixed = source.tables["cut_points"].filter(pl.col("kind") == "fixed beforehand")
    object.__setattr__(source, "tables", dict(source.tables) | {"cut_points": fixed})
    assert "searched" not in cut_points_section(source).lead


def test_the_headline_is_of_the_continuous_effect_though_a_cut_has_a_smaller_p(source):
    rows = source.associations["nlr"]
    of_cut = dict(rows[0]) | {
        "p_value": 1e-12, "estimate": 9.9, "method": "log-rank test, cut fixed beforehand",
        "scale": "above v up to the cut",
    }  # fmt: skip
    changed = dict(source.associations) | {"nlr": (of_cut, *rows)}
    object.__setattr__(source, "associations", changed)
    assert "9.90" not in biomarker_section(source, "nlr").headline
