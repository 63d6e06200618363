"""Batches: one vial for all panels, detectors of their own."""

import numpy as np
import pytest

from macroimmune.simulator.cytometry import panel_of
from macroimmune.simulator.cytometry.batches import draw_batch
from macroimmune.simulator.plan import CytometryPlan

MASS, FLOW = panel_of("mass_t_cell"), panel_of("fluorescence_t_cell")


def test_panels_share_the_staining_of_a_vial_and_not_the_gain_of_a_detector():
    mass, flow = (draw_batch(1, CytometryPlan(), panel, 3) for panel in (MASS, FLOW))
    places = [
        next(k for k, item in enumerate(panel.channels) if item.antigen == "CD3")
        for panel in (MASS, FLOW)
    ]
    assert mass.staining[places[0]] == flow.staining[places[1]] != 0
    assert mass.log_gain[places[0]] != flow.log_gain[places[1]]


def test_batches_spread_as_far_as_the_plan_says_and_only_in_antibody_channels():
    plan = CytometryPlan(batch_shift=0.3, batch_gain=0.1)
    drawn = [draw_batch(1, plan, MASS, number) for number in range(60)]
    is_marker = np.array([item.role == "marker" for item in MASS.channels])
    staining = np.array([batch.staining for batch in drawn])
    gain = np.array([batch.log_gain for batch in drawn])
    assert staining[:, is_marker].std() == pytest.approx(0.3, rel=0.1)
    assert gain[:, is_marker].std() == pytest.approx(0.1, rel=0.1)
    assert (staining[:, ~is_marker] == 0).all()
    assert (gain[:, ~is_marker] == 0).all()
