"""Donors: the same in every panel and well, with the responsiveness that they were given."""

import numpy as np
import pytest

from macroimmune.simulator.cytometry import panel_of
from macroimmune.simulator.cytometry.donors import draw_donor, response_of, stain_weight
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import CytometryPlan

MASS, FLOW = panel_of("mass_t_cell"), panel_of("fluorescence_t_cell")
NAIVE = list(LEAVES).index("naive_cd4")


def place(panel, antigen):
    return next(k for k, item in enumerate(panel.channels) if item.antigen == antigen)


def test_a_donor_has_the_same_levels_in_every_panel():
    plan = CytometryPlan()
    one, two = (draw_donor(1, plan, panel, "V001", 0.4) for panel in (MASS, FLOW))
    for antigen in ("CD3", "CD45RA", "MX1"):
        a, b = place(MASS, antigen), place(FLOW, antigen)
        assert np.array_equal(one.level[:, a], two.level[:, b])
        assert one.resting[a] == two.resting[b]
    assert one.responsiveness == two.responsiveness


def test_channels_without_an_antigen_are_not_moved():
    donor = draw_donor(1, CytometryPlan(), MASS, "V001", 2.0)
    none = [k for k, item in enumerate(MASS.channels) if not item.antigen]
    assert (donor.level[:, none] == 0).all()
    assert (donor.resting[none] == 0).all()


def test_only_induced_proteins_rest_higher_in_responsive_donors():
    plan = CytometryPlan(resting_correlation=1.0, resting_spread=0.3)
    donor = draw_donor(1, plan, MASS, "V001", 2.0)
    assert donor.resting[place(MASS, "ISG15")] == pytest.approx(0.6)
    assert donor.resting[place(MASS, "pSTAT1")] == donor.resting[place(MASS, "CD3")] == 0


def test_responsiveness_to_ifn_is_the_given_one_and_others_go_with_it_as_far_as_asked():
    values = np.random.default_rng(1).standard_normal(400)
    plan = CytometryPlan(other_responsiveness_correlation=0.6)
    donors = [draw_donor(1, plan, MASS, f"V{k}", value) for k, value in enumerate(values)]
    assert [donor.responsiveness["ifn_late"] for donor in donors] == values.tolist()
    il6 = np.array([donor.responsiveness["il6"] for donor in donors])
    # The standard error of a correlation of 0.6 in 400 is 0.03.
    assert np.corrcoef(values, il6)[0, 1] == pytest.approx(0.6, abs=0.12)
    assert il6.std() == pytest.approx(1, abs=0.12)


def test_a_response_grows_with_responsiveness_and_never_turns_round():
    plan = CytometryPlan(responsiveness_effect=0.5)
    column = place(MASS, "pSTAT1")
    shifts = [
        response_of(draw_donor(1, plan, MASS, "V001", value), plan, MASS, "ifn_early").shift
        for value in (-6.0, -1.0, 0.0, 1.0, 6.0)
    ]
    of_naive = [shift[NAIVE, column] for shift in shifts]
    assert of_naive == sorted(of_naive)
    assert of_naive[0] > 0


def test_a_high_resting_level_leaves_less_room_under_the_ceiling():
    plan = CytometryPlan(resting_correlation=1.0, resting_spread=1.0, response_ceiling=3.0)
    column = place(MASS, "ISG15")
    low, high = (
        response_of(draw_donor(1, plan, MASS, "V001", value), plan, MASS, "ifn_late").shift
        for value in (0.0, 1.5)
    )
    # Half as responsive again, and yet the shift is smaller.
    assert high[NAIVE, column] < low[NAIVE, column]


def test_the_size_of_responses_and_of_lineage_movement_are_settings():
    donor = draw_donor(1, CytometryPlan(), MASS, "V001", 0.0)
    still = response_of(donor, CytometryPlan(lineage_response=0.0), MASS, "ifn_early").shift
    assert (still[:, place(MASS, "CD4")] == 0).all()
    assert still[NAIVE, place(MASS, "pSTAT1")] > 1
    none = response_of(donor, CytometryPlan(response_size=0.0), MASS, "pma_ionomycin")
    assert (none.shift == 0).all()
    assert np.nansum(none.positive) == 0


def test_negative_cells_show_a_quarter_of_a_shift_of_staining():
    assert stain_weight(np.array([0.1, 1.0, 2.0, 4.0])).tolist() == [0.25, 0.5, 1.0, 1.0]
