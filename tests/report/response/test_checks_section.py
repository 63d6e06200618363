"""Checks of the stimulation: failed plates first, wells without partner counted."""

import dataclasses

import polars as pl

from macroimmune.report.response import checks_section


def with_table(source, name, frame):
    return dataclasses.replace(source, tables={**source.tables, name: frame})


def test_without_stimulation_there_is_no_section(plain):
    assert checks_section(plain) is None


def test_failed_plates_are_told_first(stimulated):
    section = checks_section(stimulated)
    assert section.lead.startswith("3 stimulations in 3 batches, of which 1 failed:")
    assert section.failed[0].startswith("plate 3, IFNa")
    assert "0 of 6 donors answer: no donor answers: check the stimulus." in section.failed[0]
    assert section.plates.rows[0][0].text == "plate 3"
    assert "failed" in [cell.text for cell in section.plates.rows[0]]


def test_plates_that_all_worked_are_told_so(stimulated):
    plates = stimulated.tables["stimulation_plates"].with_columns(
        is_failed=pl.lit(value=False), n_responding=pl.lit(2)
    )
    section = checks_section(with_table(stimulated, "stimulation_plates", plates))
    assert section.failed == ()
    assert section.lead == "3 stimulations in 3 batches: on each at least one donor answers."


def test_wells_without_partner_are_counted_by_reason(stimulated):
    table = checks_section(stimulated).alone
    assert table.caption == "Stimulated wells without partner (1)"
    assert [cell.text for cell in table.rows[0]][3:] == [
        "1", "c.fcs", "no unstimulated well of this sample"
    ]  # fmt: skip


def test_the_invariance_of_lineage_markers_is_linked_where_it_was_looked_at(stimulated, made):
    assert checks_section(stimulated).links == ()
    source = with_table(
        stimulated, "lineage_invariance", made.frame("lineage_invariance", [{"panel": "T"}])
    )
    source = with_table(
        source, "cytometry_quality", made.frame("cytometry_quality", [{"raw_file": "a.fcs"}])
    )
    assert [link.value for link in checks_section(source).links] == ["cells"]


def test_wells_that_lack_a_partner_for_one_reason_are_one_row_whatever_their_samples(
    stimulated, made
):
    pairs = [
        {"sample_id": name, "stimulus": "IFNa", "unstimulated_file": "", "batch": "1",
         "status": f"no unstimulated well of sample {name} and its panel"}
        for name in ("s1", "s2", "s3")
    ]  # fmt: skip
    source = with_table(stimulated, "stimulation_pairs", made.frame("stimulation_pairs", pairs))
    (row,) = checks_section(source).alone.rows
    assert [cell.text for cell in row][3] == "3"
    assert row[-1].text == "no unstimulated well of its sample and panel"
