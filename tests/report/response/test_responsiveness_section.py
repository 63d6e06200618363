"""The score on the page: order, intervals, groups, reference, what it rests on."""

import dataclasses
import re

import polars as pl
import pytest

from macroimmune.report.response import responsiveness_section, scored_donors
from macroimmune.report.response.score_figure import ScoreRow, score_figure


def with_table(source, name, frame):
    return dataclasses.replace(source, tables={**source.tables, name: frame})


@pytest.fixture(scope="module")
def section(stimulated):
    return responsiveness_section(stimulated)


def test_without_scores_there_is_no_section(plain):
    assert responsiveness_section(plain) is None


def test_the_lead_counts_donors_with_a_score(section, stimulated):
    assert scored_donors(stimulated.tables["responsiveness"]) == 5
    assert section.lead.startswith("5 donors of 6 with a score of effector CD4 T cells.")


def test_reference_batch_and_missing_scores_are_told(section):
    told = " ".join(section.told)
    assert "Reference: the baseline cohort of the study, 6 people, frozen" in told
    assert "batch not included" in told
    assert "No score for 1 sample: fewer than 50 effector CD4 T cells (1)." in told


def test_a_batch_in_the_interval_is_told_so(stimulated):
    scores = stimulated.tables["responsiveness"].with_columns(is_batch_included=pl.lit(value=True))
    told = " ".join(responsiveness_section(with_table(stimulated, "responsiveness", scores)).told)
    assert "Intervals hold cells, thresholds and the variance between batches." in told
    assert "not included" not in told


def test_early_and_induced_scores_are_figures_of_their_own(stimulated):
    scores = stimulated.tables["responsiveness"]
    both = pl.concat([scores, scores.with_columns(marker_list=pl.lit("ifn1_induced"))])
    section = responsiveness_section(with_table(stimulated, "responsiveness", both))
    headings = [part.heading for part in section.figures if "Type 1" in part.heading]
    assert headings == [
        "Type 1 interferon, phosphorylation within minutes: effector CD4 T cells",
        "Type 1 interferon, proteins induced within hours: effector CD4 T cells",
    ]


def test_groups_are_counted_as_in_the_table(section, stimulated):
    groups = stimulated.tables["responsiveness"].filter(population="effector_cd4", control="")[
        "group"
    ]
    (row,) = [row for row in section.scores.rows if row[0].text == "effector CD4 T cells"]
    for group, n in groups.value_counts().filter(pl.col("group") != "").rows():
        assert f"{n}\u00a0{group}" in " ".join(cell.text for cell in row)


def test_other_definitions_and_reference_are_tables(section):
    assert [row[0].text for row in section.definitions.rows] == [
        "effector memory CD4 T cells", "terminally differentiated effector memory CD4 T cells",
    ]  # fmt: skip
    assert section.definitions.rows[1][-1].text == "no scores of it"
    assert {row[1].text for row in section.reference.rows} == {"pSTAT1", "pSTAT3", "pSTAT5"}


def test_the_ceiling_is_drawn_with_its_rank_correlation(section, stimulated):
    (part,) = [one for one in section.figures if one.heading.startswith("The unstimulated")]
    known = stimulated.tables["responsiveness"].filter(
        "is_primary", control=""
    ).drop_nulls("score")  # fmt: skip
    rho = known.select(pl.corr("unstimulated_level", "score", method="spearman")).item()
    assert f"Rank correlation {rho:.2f}." in part.note
    assert part.figure.body.count("h0") == known.height


def test_gene_sets_and_files_of_counts_are_told(section):
    first = [cell.text for cell in section.gene_sets.rows[0]]
    assert first[:3] == ["hallmark interferon alpha", "CD4 T cells", "unstimulated"]
    assert "80 of 97" in first
    assert "0.20 (0.20 to 0.20)" in first
    assert section.counts.caption == "Samples in files of counts: pbmc.h5ad, used"


def test_gene_sets_alone_make_the_section(stimulated, made):
    alone = with_table(stimulated, "responsiveness", made.frame("responsiveness", []))
    section = responsiveness_section(alone)
    assert section.lead == "No score of responsiveness; scores of gene sets are told below."
    assert section.scores is None
    assert section.figures == ()


def row(score, group, half=0.3):
    return ScoreRow(
        score, (score - half, score + half), (score - half / 2, score + half / 2), group
    )


def marks(figure):
    return {
        int(look): commands.count("M")
        for commands, look in re.findall(r'<path d="([^"]*)" class="g(\d)"/>', figure.body)
        if "M16 " not in commands
    }


def test_each_score_is_one_mark_of_its_group_and_two_intervals():
    rows = [row(-2.0, "hyporesponsive"), row(0.0, "uncertain"), row(1.0, "control"),
            row(2.0, "hyperresponsive"), row(0.1, "intermediate"), row(0.2, "")]  # fmt: skip
    figure = score_figure("x", rows, tertiles=(-0.5, 0.5), title="t")
    assert "2 uncertain" in figure.description
    assert "1 control" in figure.description
    (wide,) = re.findall(r'd="([^"]*)" class="i95"', figure.body)
    assert wide.count("M") == len(rows)
    assert sum(d.count("M") for d in re.findall(r'd="([^"]*)" class="i80', figure.body)) == 6
    assert 'class="tertile"' in figure.body


def test_scores_without_intervals_or_reference_are_drawn_all_the_same():
    figure = score_figure("x", [ScoreRow(1.0, None, None, "")], tertiles=None, title="t")
    assert "i95" not in figure.body
    assert "tertile" not in figure.body


def test_a_huge_interval_does_not_press_the_others_flat():
    calm = [row(score, "uncertain") for score in (-1.0, 0.0, 1.0)]
    wild = ScoreRow(0.5, (-500.0, 500.0), None, "uncertain")
    figure = score_figure("x", [*calm, wild], tertiles=None, title="t")
    heights = [int(y) for y in re.findall(r"V(\d+)", figure.body)]
    assert min(heights) >= 56
    (thirds,) = re.findall(r'd="([^"]*)" class="i80 j3"', figure.body)
    first = re.match(r"M\d+ (\d+)V(\d+)", thirds)
    assert int(first[1]) - int(first[2]) >= 15


def test_five_hundred_donors_are_limited_and_said_to_be(plain, made):
    tables = made.response_tables(n_donors=500)
    section = responsiveness_section(dataclasses.replace(plain, tables={**plain.tables, **tables}))
    assert "259 more, evenly over the order, are in responsiveness.csv." in section.figures[0].note
    assert len(section.figures[0].figure.body) < 40_000
