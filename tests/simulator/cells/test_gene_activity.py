import dataclasses

import numpy as np
import pytest

from macroimmune.simulator.cells.expression_profiles import expression_profiles
from macroimmune.simulator.cells.gene_activity import (
    LEAVES_OF_POPULATION,
    draw_activity,
    encoded_state,
    signal_of_genes,
)
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import ChromatinPlan
from macroimmune.simulator.plan.chromatin_plan import CHROMATIN_POPULATIONS

PLAN = ChromatinPlan()


@pytest.mark.parametrize("r2", [0.0, 0.4, 1.0])
def test_the_encoded_state_has_the_stated_squared_correlation(r2):
    plan = dataclasses.replace(PLAN, responsiveness_r2=r2)
    responsiveness = np.random.default_rng(1).standard_normal(4000)
    encoded = [
        encoded_state(1, plan, f"V{number}", value) for number, value in enumerate(responsiveness)
    ]
    # Four standard errors of a correlation, squared.
    found = np.corrcoef(encoded, responsiveness)[0, 1] ** 2
    assert found == pytest.approx(r2, abs=0.004 if r2 in {0.0, 1.0} else 0.05)
    assert np.std(encoded) == pytest.approx(1.0, abs=0.05)


def test_only_listed_genes_carry_a_signal_and_about_the_stated_share():
    signal = signal_of_genes(1, PLAN)
    assert 0.6 * 97 < (signal != 0).sum() < 97
    assert np.abs(signal[signal != 0] / PLAN.activity_per_sd - 1).max() <= 0.5
    for off in ({"responsiveness_r2": 0.0}, {"carrying": 0.0}, {"activity_per_sd": 0.0}):
        assert not signal_of_genes(1, dataclasses.replace(PLAN, **off)).any()


def test_populations_are_made_of_known_leaves():
    assert tuple(LEAVES_OF_POPULATION) == CHROMATIN_POPULATIONS
    assert {leaf for leaves in LEAVES_OF_POPULATION.values() for leaf in leaves} <= set(LEAVES)


def test_a_sample_does_not_depend_on_which_populations_are_wanted(chromatin_sample):
    whole = draw_activity(1, PLAN, chromatin_sample)
    one = draw_activity(1, dataclasses.replace(PLAN, populations=("NK",)), chromatin_sample)
    place = CHROMATIN_POPULATIONS.index("NK")
    assert (one.counts[0] == whole.counts[place]).all()
    assert one.cells.tolist() == [whole.cells[place]]


def test_nuclei_follow_the_fractions_and_fragments_the_nuclei(chromatin_sample):
    found = draw_activity(1, PLAN, chromatin_sample)
    share = chromatin_sample.fractions[[leaf == "naive_cd4" for leaf in LEAVES]].item()
    assert found.cells[0] == pytest.approx(6000 * share, rel=0.15)
    per_cell = found.fragments / found.cells
    assert per_cell == pytest.approx(np.full(6, per_cell.mean()), rel=0.02)
    assert (found.counts.sum(axis=1) == found.fragments).all()


def test_markers_are_open_where_they_are_expressed_and_low_enrichment_levels_them(chromatin_sample):
    gene = expression_profiles(PLAN.genes).genes.index("CD14")
    contrast = []
    for enrichment in (20.0, 2.0):
        plan = dataclasses.replace(PLAN, tss_enrichment=enrichment, tss_spread=0.0)
        found = draw_activity(1, plan, chromatin_sample)
        share = found.counts[:, gene] / found.fragments
        contrast.append(share[CHROMATIN_POPULATIONS.index("Monocyte")] / share[0])
    assert contrast[0] > contrast[1] > 1.2
