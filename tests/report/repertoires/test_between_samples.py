"""Turnover, tracking, sharing and overlap on the page."""

import dataclasses

import polars as pl
import pytest

from macroimmune.report.repertoires import sharing_section, tracking_section, turnover_section


def with_table(source, name, frame):
    return dataclasses.replace(source, tables={**source.tables, name: frame})


def cells(table, row=0):
    heads = [column.heading for column in table.columns]
    return dict(zip(heads, (cell.text for cell in table.rows[row]), strict=True))


@pytest.mark.parametrize("build", [turnover_section, tracking_section, sharing_section])
def test_without_tables_there_is_no_section(without, build):
    assert build(without) is None


def test_turnover_says_the_status_once_above_the_figure(measured):
    section = turnover_section(measured)
    (part,) = section.parts
    assert part.words == (
        "No pair of draws differs from any other: turnover is no evidence of priming.",
    )
    assert "Status" not in [column.heading for column in part.tables[0].columns]
    assert "84.0 % and 86.0 %, n = 4" in part.figures[0].figure.body
    assert ">day −3 → day 21<" in part.figures[0].figure.body
    assert cells(part.tables[0])["Direction"] == "of the later draw, absent from the earlier"


def test_a_status_of_one_direction_says_which(measured):
    frame = measured.tables["repertoire_turnover"].with_columns(
        status=pl.lit("as any other pair, ") + pl.col("direction")
    )
    (part,) = turnover_section(with_table(measured, "repertoire_turnover", frame)).parts
    assert part.words == (
        "Of the later draw, absent from the earlier: as any other pair, forward.",
        "Of the earlier draw, absent from the later: as any other pair, backward.",
    )
    assert "Status" not in [column.heading for column in part.tables[0].columns]


def test_many_statuses_stand_with_their_rows(measured):
    frame = measured.tables["repertoire_turnover"].with_columns(
        timepoint_before=pl.lit("screening"), status=pl.int_range(pl.len()).cast(pl.String)
    )
    frame = pl.concat([frame, frame.with_columns(status=pl.lit("another"))])
    (part,) = turnover_section(with_table(measured, "repertoire_turnover", frame)).parts
    assert part.words == ()
    assert cells(part.tables[0])["Status"] == "0"


def test_turnover_without_numbers_keeps_its_rows_and_statuses(measured):
    frame = measured.tables["repertoire_turnover"].with_columns(
        mean_percent=pl.lit(None, pl.Float64), sd_percent=pl.lit(None, pl.Float64)
    )
    (part,) = turnover_section(with_table(measured, "repertoire_turnover", frame)).parts
    assert part.figures == ()
    assert len(part.tables[0].rows) == 4


def test_ribbons_follow_eight_clones_and_put_the_rest_together(measured):
    section = tracking_section(measured)
    (part,) = section.parts
    assert [one.heading for one in part.small] == [f"Participant {k}, blood" for k in range(1, 5)]
    body = part.small[0].figure.body
    assert body.count(" stack") == 9
    assert "other followed clones<" in body or "other followed clone<" in body
    assert ">day −3<" in body


def test_a_clone_of_one_draw_only_is_not_a_ribbon(measured):
    one_draw = measured.tables["clone_tracking"].filter(days_from_treatment_start=-3.0)
    assert tracking_section(with_table(measured, "clone_tracking", one_draw)) is None


def test_shared_clones_stand_beside_what_one_pool_would_give(measured):
    section = sharing_section(measured)
    shared, novel, overlap = section.parts
    assert section.lead == "12 pairs of a blood and a tumour repertoire, of 4 participants."
    assert "20 of 60, 33.3 % (22.0 to 46.0)" in novel.figures[0].figure.body
    assert ">In blood before treatment<" in novel.figures[0].figure.body
    row = measured.tables["clone_sharing"].row(0, named=True)
    first = cells(shared.tables[0])
    assert first["In blood (95 %)"].startswith(f"{row['shared_percent']:.1f} % (")
    assert first["Expected"].startswith(f"{row['expected_percent']:.1f} % (")
    assert "expected at these depths from one pool" in shared.figures[0].figure.body
    assert [one.heading for one in overlap.small] == [f"Participant {k}" for k in range(1, 5)]
    assert overlap.small[0].figure.body.count(">0.60<") == 12
    assert overlap.small[0].figure.body.count(">1.00<") == 4


def test_expanded_blood_clones_that_are_tumour_clones_are_counted_once_in_a_pair(measured):
    words = sharing_section(measured).parts[0].words[1]
    clones = measured.tables["clone_changes"].unique(["before", "after", "clonotype"])
    expanded = clones.filter(call="expanded")
    inside = expanded.filter("is_in_tumour").height
    assert words.startswith(f"Of {expanded.height} expanded blood clones {inside} (")


def test_a_study_without_tumour_has_overlap_alone(measured):
    blood = measured.tables["repertoires"].filter(compartment="blood")
    source = with_table(measured, "clone_sharing", measured.tables["clone_sharing"].clear())
    novel = measured.tables["novel_tumour_clones"].clear()
    source = with_table(source, "novel_tumour_clones", novel)
    section = sharing_section(with_table(source, "repertoires", blood))
    assert section.lead == "No participant has repertoires of both blood and tumour."
    assert [part.heading for part in section.parts] == ["Overlap of repertoires"]


def test_sharing_without_an_expectation_says_nothing_of_one(measured):
    frame = measured.tables["clone_sharing"].with_columns(
        pl.lit(None, pl.Float64).alias(f"expected_percent{end}") for end in ("", "_low", "_high")
    )
    shared = sharing_section(with_table(measured, "clone_sharing", frame)).parts[0]
    assert "one pool<" not in shared.figures[0].figure.body
    assert "Expected" not in [column.heading for column in shared.tables[0].columns]


def test_several_definitions_of_a_clonotype_stand_under_their_own_heads(measured):
    own = measured.tables["clone_sharing"]
    other = own.with_columns(clonotype=pl.lit("amino-acid CDR3"))
    shared = sharing_section(with_table(measured, "clone_sharing", pl.concat([own, other]))).parts[
        0
    ]
    body = shared.figures[0].figure.body
    assert "templates; amino-acid CDR3<" in body
    assert "templates; nucleotide CDR3 with V and J gene<" in body
