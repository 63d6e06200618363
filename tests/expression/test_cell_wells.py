"""Cells are given to wells by the columns that a study names, or not at all."""

import polars as pl
from tests.expression.small_matrices import listed_row

from macroimmune.expression.cell_wells import cell_wells, population_labels

OBS = pl.DataFrame({
    "donor": ["S1", "S1", "S2", "S2", "S1"],
    "condition": ["ctrl", "IFNb", "ctrl", "IFNb", None],
    "type": ["NK", "NK", "B", "", "B"],
})


def wells_of(*rows):
    return cell_wells(rows, OBS, OBS.height)


def test_a_row_without_columns_holds_every_cell():
    found = wells_of(listed_row(stimulus="IFN-beta"))
    assert (found.stimuli, found.of_cell.tolist()) == (("IFN-beta",), [0] * 5)


def test_a_row_is_one_well_per_word_of_its_stimulus_column():
    rows = [
        listed_row(sample_id=name, sample_column="donor", stimulus_column="condition")
        for name in ("S1", "S2")
    ]
    found = wells_of(*rows)
    assert found.stimuli == ("ctrl", "IFNb", "ctrl", "IFNb")
    assert found.rows == (0, 0, 1, 1)
    assert found.of_cell.tolist() == [0, 1, 2, 3, -1]
    assert found.remarks == {0: "1 cells without a word in condition left out"}


def test_a_row_that_states_its_stimulus_holds_the_cells_with_that_word_alone():
    known = {"sample_column": "donor", "stimulus_column": "condition"}
    found = wells_of(listed_row(stimulus="none", **known), listed_row(stimulus="ifnb", **known))
    assert found.of_cell.tolist() == [0, 1, -1, -1, -1]
    assert found.stimuli == ("none", "ifnb")


def test_columns_and_words_that_do_not_exist_are_told_with_the_nearest():
    found = wells_of(
        listed_row(sample_column="donors"),
        listed_row(sample_id="S3", sample_column="donor"),
        listed_row(sample_column="donor", stimulus_column="stimulus"),
        listed_row(sample_column="donor", stimulus_column="condition", stimulus="LPS"),
    )
    assert found.rows == ()
    assert [found.troubles[row].column for row in range(4)] == [
        "sample_column",
        "sample_column",
        "stimulus_column",
        "stimulus",
    ]
    assert found.troubles[0].advice == "Did you mean 'donor'?"
    assert "no column 'stimulus'" in found.troubles[2].found


def test_cells_that_two_samples_claim_are_given_to_neither():
    found = wells_of(listed_row(), listed_row(sample_id="S2"))
    assert found.rows == ()
    assert set(found.troubles) == {0, 1}
    assert (found.of_cell == -1).all()


def test_labels_are_those_of_the_column_and_a_column_without_words_is_told():
    cells = (OBS["donor"] == "S2").to_numpy()
    assert population_labels(listed_row(population_column="type"), OBS, cells) == (["B", ""], None)
    _, trouble = population_labels(listed_row(population_column="cell_type"), OBS, cells)
    assert trouble is not None
    assert trouble.column == "population_column"
    empty = OBS.with_columns(pl.lit("").alias("type"))
    _, trouble = population_labels(listed_row(population_column="type"), empty, cells)
    assert trouble is not None
    assert "no word" in trouble.found
