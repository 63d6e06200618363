"""Frequencies beside the fractions that virtual cells were drawn from."""

import polars as pl
import pytest

from macroimmune.results import empty
from macroimmune.workflow.cytometry_methods import cytometry_methods
from macroimmune.workflow.true_frequencies import LEAVES_OF, truth_frequencies

FRACTIONS = pl.DataFrame({
    "file": ["a"] * 4,
    "leaf": ["naive_cd4", "cm_cd4", "naive_cd8", "naive_b"],
    "fraction": [0.3, 0.1, 0.2, 0.4],
})


def frequencies(*rows: tuple[str, str, float]) -> pl.DataFrame:
    return pl.DataFrame([
        {
            "raw_file": "fcs/a.fcs", "panel": "p", "way": "automatic", "population": population,
            "parent": parent, "n_parent": 100, "percent": percent, "ci_low": percent - 2,
            "ci_high": percent + 2,
        }
        for population, parent, percent in rows
    ])  # fmt: skip


def test_a_truth_is_the_share_of_the_parent() -> None:
    given = frequencies(
        ("t_cell", "", 61.0), ("cd4_t", "t_cell", 60.0), ("naive_cd4", "cd4_t", 1.0)
    )
    found = truth_frequencies(given, FRACTIONS)
    assert found["true_percent"].to_list() == pytest.approx([60.0, 200 / 3, 75.0])


def test_what_is_no_sum_of_virtual_populations_has_no_truth() -> None:
    given = frequencies(("pd1_cd8", "cd8_t", 5.0), ("cd4_t", "monocyte_like", 5.0))
    assert truth_frequencies(given, FRACTIONS).is_empty()
    other = frequencies(("cd4_t", "t_cell", 5.0)).with_columns(raw_file=pl.lit("fcs/b.fcs"))
    assert truth_frequencies(other, FRACTIONS).is_empty()


def test_children_are_within_their_parents() -> None:
    assert set(LEAVES_OF["treg"]) < set(LEAVES_OF["cd4_t"]) < set(LEAVES_OF["t_cell"])


def test_methods_say_what_was_used_and_nothing_without_files() -> None:
    names = ("cytometry_quality", "cell_frequencies", "clusters", "batch_effects")
    tables = {name: empty(name) for name in (*names, "differential_abundance")}
    assert cytometry_methods(tables, 7) == ()
    quality = pl.DataFrame({"status": ["used", "left out: cut"], "transform": ["arcsinh 5", None]})
    found = pl.concat([empty("cytometry_quality"), quality], how="diagonal")
    sentences = cytometry_methods(tables | {"cytometry_quality": found}, 7)
    assert sentences[0] == "1 FCS files were gated one by one; scale of the markers: arcsinh 5."
    assert sentences[-1].endswith("seed 7.")
    assert not any("clustered" in one or "threshold" in one for one in sentences)
