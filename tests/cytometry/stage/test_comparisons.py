import polars as pl

from macroimmune.cytometry import MeasuredCytometry


def test_a_stimulus_is_compared_within_donors_and_its_files_are_listed(
    measured: MeasuredCytometry,
) -> None:
    tables = measured.tables
    rows = tables["differential_abundance"].filter(
        pl.col("comparison").str.ends_with("v unstimulated")
    )
    assert set(rows["of"]) == {"clusters", "populations"}
    told = rows.filter(pl.col("odds_ratio").is_not_null())
    assert set(told["n"]) == {3}
    sides = tables["compared_files"].filter(pl.col("comparison") == rows["comparison"][0])
    assert sides.group_by("group").len()["len"].to_list() == [3, 3]


def test_gated_populations_are_not_tested_against_response_here(
    measured: MeasuredCytometry,
) -> None:
    rows = measured.tables["differential_abundance"]
    of_response = rows.filter(pl.col("comparison") == "responders v no responders")
    assert "populations" not in set(of_response["of"])
