import polars as pl

from macroimmune.report.lineage_table import lineage_table, lineage_words
from macroimmune.results import RESULT_TABLES

_SCHEMA = RESULT_TABLES["lineage_invariance"].schema
_ROW = {"panel": "T", "stimulus": "BCR", "stimulus_minutes": 30.0, "n": 4, "limit": 0.3}


def _moved(*rows: dict[str, object]) -> pl.DataFrame:
    numbers = {"effect": -1.0, "ci_low": -1.7, "ci_high": -0.3, "is_flagged": True}
    level = {"measure": "level", "antigen": "CD20", "population": "b_cell", "status": ""}
    return pl.DataFrame([_ROW | numbers | level | row for row in rows], schema=_SCHEMA)


def test_what_a_stimulus_moves_is_named() -> None:
    share = {"measure": "share", "antigen": "", "effect": 0.5, "ci_low": 0.3, "ci_high": 0.8}
    [words] = lineage_words(_moved(share, {}))
    assert words.startswith("BCR 30 min (T) moves CD20 of B cells, the share of B cells: ")


def test_a_stimulus_that_moves_nothing_says_so() -> None:
    [words] = lineage_words(_moved({"is_flagged": False, "stimulus_minutes": None, "panel": ""}))
    assert words == "BCR moves no lineage marker and no share of cells beyond the limits."


def test_too_few_donors_are_told() -> None:
    few = {"effect": None, "ci_low": None, "ci_high": None, "is_flagged": False}
    moved = _moved(few | {"n": 2, "status": "2 donors with cells in both wells; three are needed"})
    [words] = lineage_words(moved)
    assert "fewer than three donors" in words
    table = lineage_table(moved)
    assert table is not None
    assert [cell.text for cell in table.rows[0]][-4:] == [
        "", "", "0.30", "2 donors with cells in both wells; three are needed",
    ]  # fmt: skip


def test_flagged_rows_come_first_and_without_pairs_there_is_no_table() -> None:
    table = lineage_table(_moved({"is_flagged": False, "antigen": "CD3"}, {}))
    assert table is not None
    assert [row[3].text for row in table.rows] == ["level of CD20", "level of CD3"]
    assert table.rows[0][-1].text == "moved"
    assert lineage_table(_moved().clear()) is None
    assert lineage_words(_moved().clear()) == ()
