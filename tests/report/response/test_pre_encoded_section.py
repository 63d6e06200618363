"""Is the response pre-encoded: the table, whatever it says, and predictions beside the measured."""

import dataclasses
import re

import polars as pl

from macroimmune.report.response import pre_encoded_section


def with_table(source, name, frame):
    return dataclasses.replace(source, tables={**source.tables, name: frame})


def test_without_predictions_there_is_no_section(plain):
    assert pre_encoded_section(plain) is None


def test_the_largest_r_squared_is_told_with_interval_donors_and_p(stimulated):
    lead = pre_encoded_section(stimulated).lead
    assert lead.endswith(
        "The largest R² of 1 model: 0.31 (0.02 to 0.55), responsiveness of effector CD4 T cells "
        "from resting markers, 6 donors, p = 0.0120."
    )


def test_a_model_that_could_not_be_fitted_keeps_its_row_and_reason(stimulated):
    section = pre_encoded_section(stimulated)
    assert [cell.text for cell in section.models.rows[1]][4:7] == ["–", "–", "–"]
    assert section.models.rows[1][-1].text == "fewer donors than 10"
    assert "999 permutations" in section.models.note


def test_no_model_at_all_is_said_plainly(stimulated):
    table = stimulated.tables["pre_encoded"].tail(1)
    section = pre_encoded_section(with_table(stimulated, "pre_encoded", table))
    assert section.lead.endswith("No prediction could be made; the statuses say why.")
    assert section.figures == ()


def test_a_negative_r_squared_is_shown_as_it_is(stimulated):
    table = stimulated.tables["pre_encoded"].head(1).with_columns(
        r_squared=pl.lit(-0.4), ci_low=pl.lit(None, pl.Float64)
    )  # fmt: skip
    section = pre_encoded_section(with_table(stimulated, "pre_encoded", table))
    assert "The largest R² of 1 model: -0.40," in section.lead
    assert section.models.rows[0][4].text == "-0.40"


def test_ids_of_lists_and_populations_are_told_by_their_names(stimulated):
    tables = {
        name: stimulated.tables[name].with_columns(
            response=pl.lit("ifn1_early, effector_cd4, IFN-I, 15 min")
        )
        for name in ("pre_encoded", "pre_encoded_predictions")
    }
    source = dataclasses.replace(stimulated, tables={**stimulated.tables, **tables})
    section = pre_encoded_section(source)
    assert "effector CD4 T cells, IFN-I, 15 min" in section.models.rows[0][0].text
    assert "effector_cd4" not in section.figures[0].heading


def test_each_donor_is_a_dot_beside_the_line_of_equality(stimulated):
    (part,) = pre_encoded_section(stimulated).figures
    dots = re.search(r'd="([^"]*)" class="d0 big"', part.figure.body)[1]
    assert dots.count("h0") == 6
    assert 'class="ref"' in part.figure.body
    assert "P00" not in part.figure.body
