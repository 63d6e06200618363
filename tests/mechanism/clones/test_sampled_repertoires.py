from dataclasses import replace

import numpy as np
from tests.mechanism.clones.skin_tumour import skin_tumour

from macroimmune.mechanism.clones import (
    CloneSettings,
    SamplingDepth,
    clone_history,
    novel_shares,
    sample_biopsy,
    sample_blood,
)
from macroimmune.mechanism.clones.polyclonal_clones import memory_clone_shares

SETTINGS = CloneSettings(most_clones=400)
MEMORY = memory_clone_shares(1_000, 2.2, rng=np.random.default_rng(5))
POOLS = {"N8_bl": 4e6, "N4_bl": 6e6, "M8_bl": 4e6, "M4_bl": 6e6, "Treg_bl": 1e6}


def followed(**course):
    totals = skin_tumour(**course)
    return clone_history(totals, (0.0, 60.0), SETTINGS, rng=np.random.default_rng(1))


def test_samples_have_the_depth_that_was_asked_for():
    history, rng = followed(), np.random.default_rng(2)
    settings = replace(SETTINGS, depth=SamplingDepth(tumour_cells=300, blood_templates=5_000))
    biopsy = sample_biopsy(history, 60.0, MEMORY, settings, rng=rng)
    blood = sample_blood(history, 60.0, POOLS, (MEMORY, MEMORY), settings, rng=rng)
    assert biopsy.cells.sum() == 300
    assert blood.templates == blood.counts().sum() == 5_000
    assert (biopsy.exhausted <= biopsy.cells).all()


def test_a_tumour_without_specific_cells_gives_a_status():
    history = followed(primed_per_day=0.0)
    biopsy = sample_biopsy(history, 60.0, MEMORY, SETTINGS, rng=np.random.default_rng(2))
    assert biopsy.cells.sum() == 0
    assert biopsy.status == "no tumour-specific CD8 T cell on day 60"


def novel_share(history, day, repeats=20):
    found = []
    for seed in range(repeats):
        rng = np.random.default_rng(seed)
        before = sample_biopsy(history, 0.0, MEMORY, SETTINGS, rng=rng)
        after = sample_biopsy(history, day, MEMORY, SETTINGS, rng=rng)
        found.append(novel_shares(before, after, ()).novel_share)
    return np.mean(found)


def test_priming_after_treatment_makes_more_clones_novel_than_depth_alone():
    by_depth = novel_share(followed(), 0.0)
    assert novel_share(followed(), 60.0) > by_depth + 0.2


def test_without_priming_clones_are_novel_by_depth_alone():
    history = followed(boost=0.0)
    before = sample_biopsy(history, 0.0, MEMORY, SETTINGS, rng=np.random.default_rng(3))
    after = sample_biopsy(history, 60.0, MEMORY, SETTINGS, rng=np.random.default_rng(4))
    novel = np.flatnonzero((after.cells > 0) & (before.cells == 0))
    own = novel[novel < len(history.founded)]
    # Every novel clone of the tumour's own was founded, and alive, before treatment.
    assert (history.founded[own] <= 0.0).all()
    assert (history.cells[0][own].sum(axis=1) > 0).all()
