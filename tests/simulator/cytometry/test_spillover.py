"""The spillover matrix of a panel."""

import numpy as np
import pytest

from macroimmune.simulator.cytometry import panel_of, spillover_matrix


@pytest.mark.parametrize("name", ["fluorescence_t_cell", "fluorescence_myeloid"])
def test_a_dye_is_brightest_in_its_own_detector_and_can_be_compensated(name):
    matrix = spillover_matrix(panel_of(name), 0.25)
    assert np.array_equal(np.diag(matrix), np.ones(len(matrix)))
    others = matrix - np.eye(len(matrix))
    assert others.min() == 0
    assert 0.2 < others.max() < 0.7
    assert np.linalg.cond(matrix) < 20


def test_spillover_fades_with_distance_and_is_smaller_across_lasers():
    panel = panel_of("fluorescence_t_cell")
    names = [panel.channels[place].name for place in panel.dyes]
    matrix = spillover_matrix(panel, 0.25)
    share = {(a, b): matrix[names.index(a), names.index(b)] for a in names for b in names}
    assert share["BV605-A", "BV650-A"] > share["BV605-A", "BV711-A"] > share["BV605-A", "BV786-A"]
    assert share["BV605-A", "BV650-A"] > share["BV650-A", "BV605-A"]
    assert share["PE-CF594-A", "BV650-A"] < share["BV605-A", "BV650-A"]


def test_without_spillover_the_matrix_is_the_identity_and_mass_panels_have_none():
    matrix = spillover_matrix(panel_of("fluorescence_t_cell"), 0.0)
    assert np.array_equal(matrix, np.eye(len(matrix)))
    assert spillover_matrix(panel_of("mass_t_cell"), 0.25).shape == (0, 0)
