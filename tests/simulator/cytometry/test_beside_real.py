"""Virtual mass cytometry beside public files: whole-blood controls of three batches (CytoNorm)."""

import numpy as np
import pytest

from macroimmune.formats import read_fcs
from macroimmune.simulator.plan import CytometryPlan

pytestmark = pytest.mark.data


@pytest.fixture
def real(public_data):
    """Return a function that gives the arcsinh values of an antigen in the public files."""
    files = [read_fcs(path) for path in sorted((public_data / "cytonorm_fcs").glob("*.fcs"))]
    assert len(files) == 6
    events = np.vstack([file.events for file in files]).astype(float)

    def of(antigen):
        return np.arcsinh(events[:, files[0].antigens.index(antigen)] / 5)

    return of


@pytest.fixture
def virtual(write_and_read):
    """Return a function that gives the arcsinh values of an antigen in a virtual file."""
    tube = write_and_read(CytometryPlan(events_per_file=10_000))
    return lambda antigen: np.arcsinh(tube.of(antigen) / 5)


def t_cells(of):
    return (of("CD3") > 2.5) & (of("CD4") > 2)


def test_stained_t_cells_have_the_level_and_spread_of_real_ones(real, virtual):
    found, expected = (of("CD3")[of("CD3") > 2.5] for of in (virtual, real))
    assert np.median(found) == pytest.approx(np.median(expected), abs=0.4)
    assert found.std() == pytest.approx(expected.std(), rel=0.3)


def test_cells_without_the_antigen_are_zero_about_as_often_as_real_ones(real, virtual):
    for antigen, chosen in (("CD3", lambda of: of("CD3") < 1), ("CD14", t_cells)):
        found, expected = (of(antigen)[chosen(of)] for of in (virtual, real))
        assert (found == 0).mean() == pytest.approx((expected == 0).mean(), abs=0.2)
        assert np.percentile(found, 90) == pytest.approx(np.percentile(expected, 90), abs=0.6)


def test_markers_of_one_population_go_together_as_in_real_files(real, virtual):
    for one, other in (("CD3", "CD4"), ("CD45", "CD3")):
        found, expected = (
            np.corrcoef(of(one)[t_cells(of)], of(other)[t_cells(of)])[0, 1]
            for of in (virtual, real)
        )
        assert 0.15 < found < 0.6
        assert found == pytest.approx(expected, abs=0.3)
