"""Response to stimulation on the page: numbers, what was left out, maps, densities, effects."""

import dataclasses

import polars as pl
import pytest

from macroimmune.report.numbers import NO_BREAK
from macroimmune.report.response import pair_words, stimulation_section
from macroimmune.report.response.response_densities import density_figures
from macroimmune.report.response.response_effects import effects_table
from macroimmune.report.response.response_maps import response_maps, row_order


def with_table(source, name, frame):
    return dataclasses.replace(source, tables={**source.tables, name: frame})


@pytest.fixture(scope="module")
def many(plain, made):
    tables = made.response_tables(n_donors=230)
    return dataclasses.replace(plain, tables={**plain.tables, **tables})


def test_without_stimulation_there_is_no_section(plain):
    assert stimulation_section(plain) is None


def test_the_lead_counts_pairs_donors_and_controls(stimulated):
    section = stimulation_section(stimulated)
    assert section.lead == (
        "7 pairs of a stimulated and an unstimulated well, of 6 donors; 1 of bridging controls. "
        f"Stimulus: IFNa, 15{NO_BREAK}min."
    )
    assert section.told[0] == ("Left out: 1 stimulated well: no unstimulated well of this sample.")


def test_the_uses_of_the_responses_are_those_of_the_table(stimulated):
    uses = dict(stimulated.tables["stimulation_responses"]["use"].value_counts().rows())
    told = stimulation_section(stimulated).told[-1]
    assert f"{uses['score']} on at least 50 cells" in told
    assert f"{uses.get('effect size', 0)} on 20 to 49" in told
    assert f"{uses.get('none', 0)} without an estimate" in told


def test_wells_that_are_all_alone_are_told(stimulated):
    pairs = stimulated.tables["stimulation_pairs"].with_columns(
        unstimulated_file=pl.lit(""), status=pl.lit("no partner")
    )
    assert pair_words(pairs) == "None of 8 stimulated wells has an unstimulated partner."
    assert pair_words(pairs.clear()) == ""


def test_pairs_of_two_batches_are_told(stimulated):
    pairs = stimulated.tables["stimulation_pairs"].with_columns(same_batch=pl.lit(value=False))
    told = stimulation_section(with_table(stimulated, "stimulation_pairs", pairs)).told
    assert "7 pairs with wells of two batches" in " ".join(told)


def test_rows_begin_with_the_primary_population_and_its_listed_markers(stimulated):
    order = row_order(stimulated, stimulated.tables["stimulation_responses"])
    assert order[0] == ("effector_cd4", "pSTAT1")
    assert [population for population, _ in order[:4]] == ["effector_cd4"] * 4
    assert order[3] == ("effector_cd4", "pS6")
    assert len(order) == 12


def test_donors_are_drawn_without_ids_and_in_the_order_of_their_scores(stimulated):
    (part,) = response_maps(stimulated)
    assert part.heading == f"Response to IFNa, 15{NO_BREAK}min, T cells"
    assert "P00" not in part.figure.body
    assert "6 donors, lowest responsiveness first" in part.figure.body


def test_hundreds_of_donors_are_thinned_and_said_to_be(many):
    (part,) = response_maps(many)
    assert "200 of 230 donors, evenly over their order." in part.note
    assert len(part.figure.body) < 60_000


def test_a_study_of_doses_has_six_maps_and_tells_the_rest(stimulated):
    responses = stimulated.tables["stimulation_responses"]
    doses = pl.concat([responses.with_columns(stimulus_dose=pl.lit(float(k))) for k in range(9)])
    parts = list(response_maps(with_table(stimulated, "stimulation_responses", doses)))
    assert len(parts) == 6
    assert "3 more stimulations in stimulation_responses.parquet" in parts[-1].note


def test_effects_are_medians_over_donors_with_the_range(stimulated):
    table = effects_table(stimulated)
    assert table.caption == f"Effect of the stimulus by marker: IFNa, 15{NO_BREAK}min, T cells"
    heads = [column.heading for column in table.columns]
    first = {head: cell.text for head, cell in zip(heads, table.rows[0], strict=True)}
    own = stimulated.tables["stimulation_responses"].filter(
        population="effector_cd4", marker="pSTAT1"
    )
    size = own["difference"]
    assert first["Difference"] == f"{size.median():.2f} ({size.min():.2f} to {size.max():.2f})"
    assert first["Up, down"] == f"{(own['difference_ci_low'] > 0).sum()}, 0"
    assert first["Donors"] == "6"


def test_every_stimulus_has_its_share_of_the_table_of_effects(stimulated):
    responses = stimulated.tables["stimulation_responses"]
    doses = pl.concat([responses.with_columns(stimulus_dose=pl.lit(float(k))) for k in range(50)])
    table = effects_table(with_table(stimulated, "stimulation_responses", doses))
    assert len(table.rows) == 50 * 8
    assert "200 more rows" in table.note
    assert len({row[0].text for row in table.rows}) == 50


def test_of_undeclared_markers_the_three_that_move_most_are_drawn(stimulated):
    responses = stimulated.tables["stimulation_responses"]
    own = responses.filter(marker="pS6")
    more = [
        own.with_columns(marker=pl.lit(f"M{k}"), difference=pl.col("difference") * 0 + 0.1 * k)
        for k in range(5)
    ]
    (part,) = response_maps(with_table(stimulated, "stimulation_responses", pl.concat(
        [responses, *more])))  # fmt: skip
    assert all(f">M{k}<" in part.figure.body for k in (3, 4))
    assert ">M0<" not in part.figure.body
    assert "other rows below" in part.note


def test_a_marker_without_an_estimate_keeps_its_row_and_status(stimulated, made):
    row = {"participant_id": "a", "sample_id": "1", "stimulus": "IFNa", "panel": "T",
           "population": "nk", "marker": "pSTAT1", "use": "none",
           "status": "12 cells: fewer than 20"}  # fmt: skip
    frame = made.frame("stimulation_responses", [row])
    table = effects_table(with_table(stimulated, "stimulation_responses", frame))
    assert [cell.text for cell in table.rows[0]][-1] == "12 cells: fewer than 20"
    assert "Difference" not in [column.heading for column in table.columns]
    assert list(response_maps(with_table(stimulated, "stimulation_responses", frame))) == []


def test_densities_show_listed_markers_of_the_primary_population(stimulated):
    (part,) = density_figures(stimulated)
    assert part.heading.endswith("effector CD4 T cells")
    for marker in ("pSTAT1", "pSTAT3", "pSTAT5"):
        assert f">{marker}<" in part.figure.body
    assert ">pS6<" not in part.figure.body
    assert "3 of 4 markers and 6 of 6 donors" in part.note
    assert part.figure.body.count('class="stim"') == 3 * 6 + 1


def test_densities_of_many_donors_are_twelve_of_them(many):
    (part,) = density_figures(many)
    assert "3 of 4 markers and 12 of 20 donors" in part.note


def test_hostile_names_stay_text(stimulated, made):
    responses = stimulated.tables["stimulation_responses"].with_columns(
        marker=pl.lit(made.HOSTILE), panel=pl.lit(made.HOSTILE)
    )
    for part in response_maps(with_table(stimulated, "stimulation_responses", responses)):
        assert "<script" not in part.figure.body
        assert "<script" not in part.figure.name


def test_a_donor_with_two_pairs_of_wells_counts_once(stimulated):
    def shown(responses):
        table = effects_table(with_table(stimulated, "stimulation_responses", responses))
        return [tuple(cell.text for cell in row) for row in table.rows]

    rows = stimulated.tables["stimulation_responses"].filter(marker="pSTAT1")
    again = rows.with_columns(batch=pl.lit("again"), difference=pl.col("difference") + 9.0)
    assert shown(pl.concat([rows, again])) == shown(rows)
