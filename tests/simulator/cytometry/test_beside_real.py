"""Virtual mass cytometry beside public files: whole-blood controls of three batches (CytoNorm)."""

import numpy as np
import polars as pl
import pytest

from macroimmune.simulator.plan import CytometryPlan
from macroimmune.simulator.realism.mass_cytometry import cd4_t_cells, whole_blood_events

pytestmark = pytest.mark.data


@pytest.fixture
def real(public_data):
    """Return the arcsinh values of the public files."""
    return whole_blood_events(public_data / "cytonorm_fcs")


@pytest.fixture
def virtual(write_and_read, real):
    """Return the arcsinh values of the same antigens in a virtual file."""
    tube = write_and_read(CytometryPlan(events_per_file=10_000))
    return pl.DataFrame({name: np.arcsinh(tube.of(name) / 5) for name in real.columns})


def test_stained_t_cells_have_the_level_and_spread_of_real_ones(real, virtual):
    found, expected = (
        side.filter(pl.col("CD3") > 2.5)["CD3"].to_numpy() for side in (virtual, real)
    )
    assert np.median(found) == pytest.approx(np.median(expected), abs=0.4)
    assert found.std() == pytest.approx(expected.std(), rel=0.3)


def test_cells_without_the_antigen_are_zero_about_as_often_as_real_ones(real, virtual):
    for antigen, chosen in (
        ("CD3", lambda side: side.filter(pl.col("CD3") < 1)),
        ("CD14", cd4_t_cells),
    ):
        found, expected = (chosen(side)[antigen].to_numpy() for side in (virtual, real))
        assert (found == 0).mean() == pytest.approx((expected == 0).mean(), abs=0.2)
        assert np.percentile(found, 90) == pytest.approx(np.percentile(expected, 90), abs=0.6)


def test_markers_of_one_population_go_together_as_in_real_files(real, virtual):
    for one, other in (("CD3", "CD4"), ("CD45", "CD3")):
        found, expected = (
            cd4_t_cells(side).select(pl.corr(one, other)).item() for side in (virtual, real)
        )
        assert 0.15 < found < 0.6
        assert found == pytest.approx(expected, abs=0.3)
