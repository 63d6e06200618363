import numpy as np
import polars as pl
import pytest

from macroimmune.simulator.realism import beside_populations, beside_whole_blood
from macroimmune.simulator.realism.mass_cytometry import cd4_t_cells, virtual_events


def test_cells_with_both_antigens_are_kept():
    events = pl.DataFrame({"CD3": [4.0, 4.0, 1.0], "CD4": [3.0, 0.5, 3.0]})
    assert cd4_t_cells(events).rows() == [(4.0, 3.0)]


def test_virtual_tubes_are_the_same_for_the_same_seed():
    first = virtual_events(3)
    assert first.equals(virtual_events(3))
    assert not first.equals(virtual_events(4))
    assert 0.2 < cd4_t_cells(first).height / first.height < 0.6


@pytest.mark.data
@pytest.mark.parametrize(
    ("compare", "cohort", "markers"),
    [(beside_whole_blood, "cytonorm_fcs", 16), (beside_populations, "bodenmiller_bcrxl_fcs", 8)],
)
def test_every_shared_antigen_is_compared_within_cd4_t_cells(public_data, compare, cohort, markers):
    found = compare(public_data / cohort, 1)
    assert found.points.group_by("figure").len()["len"].to_list() == [markers] * 3
    (rows,) = found.rows
    assert rows.is_correlated
    level = found.points.filter(pl.col("figure") == "median level", pl.col("label") == "CD4")
    assert level["real"][0] == pytest.approx(np.median(rows.real["CD4"]))
    # Signalling proteins at rest: dim on both sides.
    dim = found.points.filter(
        pl.col("figure") == "median level", pl.col("label").is_in(["pSTAT1", "pSTAT3", "CD14"])
    )
    assert (dim["real"] < 1.5).all()
    assert (dim["virtual"] < 1.5).all()
