"""Diversity on the page: curves, the common coverage, measures beside the observed, genes."""

import dataclasses
import re

import polars as pl

from macroimmune.report.repertoires import diversity_section
from macroimmune.report.repertoires.grid_figure import grid_figure
from macroimmune.results import empty


def with_table(source, name, frame):
    return dataclasses.replace(source, tables={**source.tables, name: frame})


def part_of(section, heading):
    return next(part for part in section.parts if part.heading == heading)


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_without_diversity_there_is_no_section(without):
    assert diversity_section(without) is None


def test_the_lead_names_the_common_coverage(measured):
    assert diversity_section(measured).lead == (
        "Measures of 16 repertoires. Compared at one coverage: 70.0 % for TRB of all T cells, "
        "templates."
    )


def test_reads_have_no_common_coverage_and_a_status_says_why(of_reads):
    section = diversity_section(of_reads)
    assert "No measure stands at a common coverage" in section.lead
    measures = part_of(section, "Measures")
    assert "At common coverage" not in [one.heading for one in measures.tables[0].columns]
    ((status, names, basis, n),) = texts(measures.folded[0])
    assert status.startswith("reads are counted")
    assert names.startswith("Richness (Hill number 0), Shannon diversity")
    assert (basis, n) == ("at common coverage", "16")
    assert "Rarefaction and extrapolation" not in [part.heading for part in section.parts]


def test_values_at_common_coverage_stand_beside_the_observed(measured):
    table = part_of(diversity_section(measured), "Measures").tables[0]
    own = measured.tables["repertoire_diversity"].filter(compartment="blood", measure="hill_0")
    by_basis = {
        basis: own.filter(basis=basis)["value"].median()
        for basis in ("observed", "common coverage")
    }
    heads = [column.heading for column in table.columns]
    first = dict(zip(heads, (cell for cell in table.rows[0]), strict=True))
    assert first["Measure"].text == "Richness (Hill number 0)"
    assert first["Observed"].sort == f"{by_basis['observed']:.8g}"
    assert first["At common coverage"].sort == f"{by_basis['common coverage']:.8g}"


def test_each_order_is_drawn_against_depth_and_coverage(measured):
    part = part_of(diversity_section(measured), "Rarefaction and extrapolation")
    assert len(part.small) == 6
    assert ["by depth" in one.heading for one in part.small] == [True, False] * 3
    against = part.small[1].figure.body
    assert against.count("past") == 16
    assert ">common coverage<" in against
    assert ">common coverage<" not in part.small[0].figure.body


def test_bands_are_drawn_of_few_repertoires_only(without, measured, frames):
    few = dataclasses.replace(
        without, tables={**without.tables, **frames.repertoire_tables(n_participants=2)}
    )

    def bands(source):
        part = part_of(diversity_section(source), "Rarefaction and extrapolation")
        return part.small[0].figure.body.count('class="b')

    assert bands(few) == 8
    assert bands(measured) == 0


def test_a_big_cohort_draws_forty_curves_and_says_so(measured):
    curves = measured.tables["rarefaction"]
    many = pl.concat([
        curves.with_columns(repertoire_id=pl.col("repertoire_id") + str(k)) for k in range(5)
    ])
    part = part_of(
        diversity_section(with_table(measured, "rarefaction", many)),
        "Rarefaction and extrapolation",
    )
    assert "40 more repertoires are in rarefaction.parquet." in part.small[0].note
    assert part.small[0].figure.body.count("past") == 40


def test_over_time_a_line_joins_the_samples_of_a_participant(measured):
    part = part_of(diversity_section(measured), "Measures")
    assert len(part.small) == 4
    first = part.small[0]
    assert first.note.startswith("At common coverage.")
    assert first.figure.body.count('class="c0"') == 4 + 1
    assert first.figure.body.count('class="c0 tail"') == 4


def test_without_several_days_of_anybody_compartments_stand_side_by_side(measured):
    diversity = measured.tables["repertoire_diversity"]
    first = diversity.filter(pl.col("days_from_treatment_start").is_in([-3.0, 5.0]))
    for frame in (first, diversity.with_columns(
        days_from_treatment_start=pl.lit(None, pl.Float64))):  # fmt: skip
        section = diversity_section(with_table(measured, "repertoire_diversity", frame))
        body = part_of(section, "Measures").small[0].figure.body
        assert "days from" not in body
        assert body.count(">tumour<") == 2


def test_a_sample_without_a_day_is_counted_where_others_have_one(measured):
    diversity = measured.tables["repertoire_diversity"].with_columns(
        days_from_treatment_start=pl.when(pl.col("repertoire_id") != "P000-blood--3")
        .then(pl.col("days_from_treatment_start"))
    )  # fmt: skip
    section = diversity_section(with_table(measured, "repertoire_diversity", diversity))
    assert "Without a day, not drawn: 1 sample." in part_of(section, "Measures").small[0].note


def test_compartments_with_coverages_of_their_own_have_their_lines(measured):
    is_common, is_tumour = pl.col("basis") == "common coverage", pl.col("compartment") == "tumour"
    diversity = measured.tables["repertoire_diversity"].with_columns(
        coverage=pl.when(is_common & is_tumour)
        .then(0.6).otherwise(pl.col("coverage"))
    )  # fmt: skip
    section = diversity_section(with_table(measured, "repertoire_diversity", diversity))
    assert "70.0 % for TRB of all T cells, templates, blood; 60.0 % for" in section.lead
    body = part_of(section, "Rarefaction and extrapolation").small[1].figure.body
    assert ">common, blood<" in body
    assert ">common, tumour<" in body


def test_genes_are_ordered_by_their_share_and_the_rest_is_counted(measured):
    v, j = part_of(diversity_section(measured), "Usage of V and J genes").figures
    assert v.heading == "V genes"
    assert v.figure.body.index(">TRBV1<") < v.figure.body.index(">TRBV2<")
    assert "6 more genes are in gene_usage.parquet." in v.note
    assert "blood, n = 12" in v.figure.body
    assert j.figure.description.startswith("7 rows by 16 columns: % of clonotypes")


def test_no_figure_holds_a_value_that_is_no_number(measured, of_reads):
    for source in (measured, of_reads):
        for part in diversity_section(source).figures:
            assert not re.search(r"\b(nan|inf|None)\b", part.figure.body)


def test_ranks_alone_make_a_section(measured, without):
    section = diversity_section(with_table(without, "clone_ranks", measured.tables["clone_ranks"]))
    assert [part.heading for part in section.parts] == ["Sizes of clones"]
    assert section.lead == ""
    nothing = with_table(without, "clone_ranks", empty("clone_ranks"))
    assert diversity_section(nothing) is None


def test_missing_cells_of_a_heat_map_are_dashed():
    figure = grid_figure("a", [[0.2, float("nan")]], ["x"], title="t", unit="u", columns=["1", "2"])
    assert figure.body.count('class="hx"') == 1
    assert figure.body.count(">0.20<") == 1
