"""What was read: counts, losses with their reasons, depth, and no id of a participant."""

import dataclasses

import polars as pl

from macroimmune.report.repertoires import repertoire_words, repertoires_section


def with_table(source, name, frame):
    return dataclasses.replace(source, tables={**source.tables, name: frame})


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_without_repertoires_there_is_no_section(without):
    assert repertoires_section(without) is None
    assert repertoire_words(without.tables["repertoires"]) == ""


def test_the_lead_counts_repertoires_and_says_what_a_clonotype_is(measured):
    section = repertoires_section(measured)
    assert section.lead == (
        "16 T cell receptor repertoires of 4 participants; counted: templates. "
        "A clonotype is: nucleotide CDR3 with V and J gene."
    )


def test_losses_are_told_with_their_reasons_and_rows(measured):
    (part,) = repertoires_section(measured).parts
    rows = measured.tables["repertoires"]["n_rows"].sum()
    assert part.words[-1] == (
        f"Left out: 640 of {rows:,} rows ({64000 / rows:.0f}\u00a0%): "
        "not productive (560); no count (80)."
    )
    assert texts(part.folded[0]) == [
        ["not productive", "16", "560", "816"],
        ["no count", "16", "80", "–"],
    ]


def test_counts_are_medians_and_ranges_of_the_table(measured):
    (part,) = repertoires_section(measured).parts
    blood = measured.tables["repertoires"].filter(compartment="blood")["n_counted"]
    assert part.tables[0].caption == "What was read: TRB, all T cells, templates"
    assert texts(part.tables[0])[0][5] == (
        f"{blood.median():,.0f} ({blood.min():,} to {blood.max():,})"
    )


def test_each_repertoire_stands_under_a_number_not_an_id(measured):
    each = repertoires_section(measured).parts[0].folded[1]
    assert texts(each)[0][:3] == ["1", "−3", "blood"]
    assert not any("P00" in cell for row in texts(each) for cell in row)
    assert "numbered in the order of their ids" in each.note


def test_repertoires_of_reads_say_that_sampling_is_not_known(of_reads):
    (part,) = repertoires_section(of_reads).parts
    assert part.words[0].startswith("16 repertoires: reads are counted, so how many cells")
    assert [one.heading for one in part.small] == ["Depth and clonotypes"]
    assert texts(part.tables[0])[0][-1] == "no"


def test_several_kinds_have_figures_of_their_own_and_three_at_most(measured):
    listed = measured.tables["repertoires"]
    kinds = pl.concat([listed.with_columns(chain=pl.lit(chain)) for chain in ("TRB", "TRA", "TRG",
                                                                              "TRD")])  # fmt: skip
    part = repertoires_section(with_table(measured, "repertoires", kinds)).parts[0]
    depth = [one for one in part.small if one.heading.startswith("Depth and clonotypes")]
    assert len(depth) == 3
    assert depth[0].heading == "Depth and clonotypes: TRB of all T cells, templates"
    assert "1 more kind of repertoire is in repertoires.csv." in depth[-1].note


def test_hostile_words_stay_text(measured, frames):
    listed = measured.tables["repertoires"].with_columns(
        compartment=pl.lit(frames.HOSTILE), chain=pl.lit(frames.HOSTILE)
    )
    for part in repertoires_section(with_table(measured, "repertoires", listed)).figures:
        assert "<script" not in part.figure.body
        assert "<script" not in part.figure.name


def test_an_empty_repertoire_is_listed_but_not_drawn(measured):
    listed = measured.tables["repertoires"].with_columns(
        n_counted=pl.lit(0), n_clonotypes=pl.lit(0), n_singletons=pl.lit(0)
    )
    (part,) = repertoires_section(with_table(measured, "repertoires", listed)).parts
    assert part.small == ()
    assert texts(part.tables[0])[0][5:7] == ["0", "0"]
