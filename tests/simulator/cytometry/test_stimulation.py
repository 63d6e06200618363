"""What stimuli do: by population, with a ceiling, in the panels that can see it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.simulator.cytometry import panel_of
from macroimmune.simulator.cytometry.stimulation import base_response, driven, moves_something
from macroimmune.simulator.leaves import LEAVES

MASS = panel_of("mass_t_cell")
PLACE = {channel.antigen: k for k, channel in enumerate(MASS.channels) if channel.antigen}
LEAF = {leaf: k for k, leaf in enumerate(LEAVES)}


def test_the_line_of_a_leaf_goes_before_its_lineage_and_that_before_all():
    shift = base_response(MASS, "ifn_early").shift[:, PLACE["pSTAT1"]]
    assert shift[LEAF["naive_cd4"]] == 1.8
    assert shift[LEAF["cm_cd8"]] == 1.5
    assert shift[LEAF["cm_cd4"]] == 1.6


def test_early_wells_phosphorylate_and_late_wells_induce_never_both():
    early, late = (base_response(MASS, name).shift for name in ("ifn_early", "ifn_late"))
    phospho = [PLACE[name] for name in ("pSTAT1", "pSTAT3", "pSTAT5")]
    induced = [PLACE[name] for name in ("MX1", "IFIT1", "ISG15", "BST2", "PDL1")]
    assert (early[:, phospho] > 0).all()
    assert (late[:, induced] > 0).all()
    assert (early[:, induced] == 0).all()
    assert (late[:, phospho] == 0).all()


def test_lineage_markers_move_a_little_and_pma_strips_cd4_and_cd3():
    early, pma = (base_response(MASS, name).shift for name in ("ifn_early", "pma_ionomycin"))
    assert -0.2 < early[LEAF["naive_cd4"], PLACE["CD4"]] < 0
    assert pma[LEAF["naive_cd4"], PLACE["CD4"]] <= -0.8
    assert pma[LEAF["em_cd8"], PLACE["CD3"]] <= -0.5


def test_il6_reaches_naive_more_than_differentiated_t_cells_and_no_induced_protein():
    shift = base_response(MASS, "il6").shift
    assert shift[LEAF["naive_cd4"], PLACE["pSTAT3"]] > shift[LEAF["temra_cd4"], PLACE["pSTAT3"]]
    assert (shift[:, [PLACE["MX1"], PLACE["pSTAT5"]]] == 0).all()


def test_a_stimulus_counts_for_a_panel_only_where_a_meant_marker_is_seen():
    assert moves_something(MASS, "pma_ionomycin")
    assert not moves_something(panel_of("fluorescence_t_cell"), "pma_ionomycin")
    assert moves_something(panel_of("fluorescence_myeloid"), "ifn_late")
    assert not moves_something(panel_of("fluorescence_myeloid"), "ifn_early")


@given(st.floats(0.0, 6.0), st.floats(-4.0, 4.0))
def test_no_mean_passes_the_ceiling_or_falls_below_zero(resting, shift):
    ceiling = 5.5
    after = resting + float(driven(np.array(resting), np.array(shift), ceiling))
    assert -1e-5 <= after <= max(ceiling, resting) + 1e-5
    assert np.sign(after - resting) in (0, np.sign(shift))


def test_with_room_without_end_the_whole_shift_is_left():
    assert driven(np.array(0.0), np.array(1.5), 1e9) == pytest.approx(1.5)
