"""Expansion and novelty on the page: calls beside Fisher's test, observed beside expected."""

import dataclasses
import re

import numpy as np
import polars as pl
import pytest

from macroimmune.report.repertoires import changes_section
from macroimmune.report.repertoires.change_figure import CloneShares, change_figure
from macroimmune.report.repertoires.rows_figure import FigureRow, RowPoint, rows_figure


def with_table(source, name, frame):
    return dataclasses.replace(source, tables={**source.tables, name: frame})


def part_of(section, heading):
    return next(part for part in section.parts if part.heading == heading)


def cells(table, row=0):
    heads = [column.heading for column in table.columns]
    return dict(zip(heads, (cell.text for cell in table.rows[row]), strict=True))


@pytest.fixture(scope="module")
def section(measured):
    return changes_section(measured)


def test_without_pairs_there_is_no_section(without):
    assert changes_section(without) is None


def test_a_pair_that_is_both_of_baseline_and_neighbouring_counts_once(section):
    assert section.lead.startswith(
        "12 pairs of samples of 4 participants (8 from baseline, 4 of neighbouring draws)."
    )


def test_the_table_has_calls_fishers_number_and_where_overdispersion_is_from(section, measured):
    table = part_of(section, "Expanded and contracted clones").tables[0]
    assert table.caption == "Pairs of samples: blood, TRB, all T cells, templates, replicates"
    row = measured.tables["repertoire_changes"].row(0, named=True)
    first = cells(table)
    assert first["Over-dispersion (95 %)"] == "0.04 (0.02 to 0.07)"
    assert first["Expanded"] == str(row["n_expanded"])
    assert first["Fisher"] == str(row["n_fisher"])
    assert first["Days"] == "−3\u00a0→\u00a021"
    assert first["Singletons expanded"].endswith(f" of {row['n_singletons']}")


def test_scatters_mark_called_clones_and_those_counted_once(section, measured):
    part = part_of(section, "Shares before and after")
    assert len(part.small) == 8
    assert part.small[0].heading == "Participant 1, blood, day −3 → day 21"
    clones = measured.tables["clone_changes"].filter(
        participant_id="P000", day_before=-3.0, day_after=21.0, pair="baseline"
    )
    n = clones.filter(call="expanded").height
    assert n > 0
    assert f">expanded, n = {n}<" in part.small[0].figure.body
    assert ">not seen<" in part.small[0].figure.body


def test_twelve_scatters_at_most_and_the_rest_is_counted(without, frames):
    tables = frames.repertoire_tables(n_participants=8, n_clones=200, depth=200)
    section = changes_section(dataclasses.replace(without, tables={**without.tables, **tables}))
    part = part_of(section, "Shares before and after")
    assert len(part.small) == 12
    assert "4 more pairs are in clone_changes.parquet." in part.words[0]


def test_novel_clones_stand_beside_what_depth_alone_makes(section, measured):
    part = part_of(section, "Novel clones")
    row = measured.tables["repertoire_changes"].row(0, named=True)
    first = cells(part.tables[0])
    share = 100 * row["n_novel"] / row["n_after"]
    assert first["Not seen before"] == f"{row['n_novel']} ({share:.1f} %)"
    assert first["Expected"] == f"{row['n_novel_expected']:,.0f}"
    assert first["Excess (95 %)"] == f"{100 * row['novel_excess']:+.1f} % (5.0 to 9.0)"
    known = measured.tables["repertoire_changes"].filter(pl.col("pair") == "baseline")
    known = known.drop_nulls("n_repeated_novel_expected")
    observed = known["n_repeated_novel"].sum() / known["n_repeated_after"].sum()
    assert "counted at least twice" in part.words[0]
    assert f"{100 * observed:.0f}\u00a0% were not seen before" in part.words[0]
    assert ">expected from depth alone<" in part.figures[0].figure.body


def test_reads_have_no_calls_no_expectation_and_the_status_instead(of_reads):
    section = changes_section(of_reads)
    assert "No clone was tested: reads are counted" in section.lead
    assert "Expanded and contracted clones" not in [part.heading for part in section.parts]
    novel = part_of(section, "Novel clones")
    assert novel.figures == ()
    assert "cannot be held against that" in novel.words[0]
    assert "q < 0.05" not in "".join(part.figure.body for part in section.figures)


def test_clones_at_one_place_are_drawn_once():
    same = CloneShares(
        np.array([1.0, 1.0, 2.0, 0.0]), np.array([1.0, 1.0, 4.0, 3.0]), ["", "", "expanded", ""],
        np.zeros(4, bool), np.zeros(4, bool),
    )  # fmt: skip
    body = change_figure("a", same, title="t", unit="%", has_calls=True).body
    dots = re.search(r'<path d="([^"]+)" class="d6 seen"', body)[1]
    assert dots.count("M") == 2
    assert ">not called, n = 3<" in body


def test_no_figure_holds_a_value_that_is_no_number(section, of_reads):
    for part in (*section.figures, *changes_section(of_reads).figures):
        assert not re.search(r"\b(nan|inf|None)\b", part.figure.body)


def test_missing_intervals_leave_the_estimate(measured):
    bare = measured.tables["repertoire_changes"].with_columns(
        pl.lit(None, pl.Float64).alias(name)
        for name in ("novel_excess_ci_low", "novel_excess_ci_high", "overdispersion_ci_low",
                     "overdispersion_ci_high")
    ).with_columns(overdispersion_source=pl.lit("the stated prior"))  # fmt: skip
    section = changes_section(with_table(measured, "repertoire_changes", bare))
    table = part_of(section, "Expanded and contracted clones").tables[0]
    assert table.caption.endswith("the stated prior")
    assert "to" not in cells(part_of(section, "Novel clones").tables[0])["Excess (95 %)"]


def test_figures_show_all_t_cells_where_populations_were_measured_too(measured):
    changes = measured.tables["repertoire_changes"]
    sorted_cells = changes.with_columns(
        population=pl.lit("cd8_t"), before=pl.col("before") + "8", after=pl.col("after") + "8"
    )
    both = with_table(measured, "repertoire_changes", pl.concat([sorted_cells, changes]))
    section = changes_section(both)
    novel = part_of(section, "Novel clones")
    assert "CD8" not in novel.figures[0].figure.body
    assert len(novel.tables[0].rows) == 24
    assert cells(novel.tables[0])["Population"] == "all T cells"
    only = part_of(changes_section(measured), "Novel clones")
    assert novel.words == only.words


def test_a_long_label_takes_two_lines():
    row = FigureRow("terminally differentiated effector memory CD4 T cells", (RowPoint(1.0),))
    body = rows_figure("a", [row], axis="%", title="t", description="d").body
    assert ">CD4 T cells<" in body or ">memory CD4 T cells<" in body
    assert "…" not in body
