import dataclasses

import numpy as np
import pytest

from macroimmune.simulator.microbiome.gut_composition import common_change, draw_gut, gut_taxa
from macroimmune.simulator.plan import MicrobiomePlan

PLAN = MicrobiomePlan()
BASE = {"is_responder": False, "has_antibiotic": False, "batch": 1}


def drawn(plan, count, **others):
    return [draw_gut(1, plan, f"V{number}", **{**BASE, **others}) for number in range(count)]


def test_taxa_are_named_once_and_have_a_phylum_and_a_sign():
    taxa = gut_taxa()
    assert taxa["taxon"].is_unique().all()
    assert taxa.null_count().sum_horizontal().item() == 0
    assert (taxa["percent"] > 0).all()
    assert set(taxa["response"]) == {-1, 0, 1}
    assert taxa.filter(taxon="Akkermansia muciniphila")["response"].item() == 1


def test_shares_sum_to_one_and_only_taxa_that_are_there_are_counted():
    for sample in drawn(PLAN, 50):
        assert sample.abundance.sum() == pytest.approx(1.0)
        assert not sample.counts[sample.abundance == 0].any()


@pytest.mark.parametrize("absent", [0.0, 0.3, 0.6])
def test_as_many_taxa_are_absent_as_stated_and_rare_ones_more_often(absent):
    plan = dataclasses.replace(PLAN, absent=absent)
    missing = np.array([sample.abundance == 0 for sample in drawn(plan, 400)])
    # Four standard errors; taxa are independent.
    assert missing.mean() == pytest.approx(absent, abs=4 * 0.5 / np.sqrt(400 * 80))
    if absent:
        taxa = gut_taxa()
        is_common_kind = (taxa["absence"] == 0).to_numpy()
        level = np.log(taxa["percent"].to_numpy())[is_common_kind]
        assert np.corrcoef(level, missing.mean(axis=0)[is_common_kind])[0, 1] < -0.8


def test_prevotella_lacks_in_most_people_and_is_abundant_in_the_rest():
    taxa = gut_taxa()["taxon"].to_list()
    share = np.array([sample.abundance for sample in drawn(PLAN, 400)])
    prevotella, uniformis = (
        share[:, taxa.index(name)] for name in ("Prevotella copri", "Bacteroides uniformis")
    )
    assert 0.55 < (prevotella == 0).mean() < 0.78
    assert np.median(prevotella[prevotella > 0]) > 1.4 * np.median(uniformis[uniformis > 0])


def test_reads_have_the_stated_median_and_spread():
    reads = np.array([sample.counts.sum() for sample in drawn(PLAN, 1000)])
    assert np.median(reads) == pytest.approx(20_000, rel=0.08)
    assert np.log(reads).std() == pytest.approx(0.5, rel=0.1)


def test_without_noise_counts_follow_the_true_composition():
    plan = dataclasses.replace(PLAN, noise=0.0, batch_spread=0.0, reads=1e7, reads_spread=0.0)
    (sample,) = drawn(plan, 1)
    assert sample.counts / sample.counts.sum() == pytest.approx(sample.abundance, abs=1e-3)


def test_an_antibiotic_takes_the_stated_share_of_taxa_and_adds_none():
    with_it, without = drawn(PLAN, 300, has_antibiotic=True), drawn(PLAN, 300)
    left, before = (
        np.array([sample.abundance > 0 for sample in group]) for group in (with_it, without)
    )
    assert not (left & ~before).any()
    assert 1 - left.sum() / before.sum() == pytest.approx(PLAN.antibiotic_loss, abs=0.02)


def test_even_total_loss_leaves_one_taxon():
    plan = dataclasses.replace(PLAN, antibiotic_loss=1.0)
    for sample in drawn(plan, 5, has_antibiotic=True):
        assert (sample.abundance > 0).sum() == 1


def test_response_moves_only_the_taxa_that_are_known_for_it():
    (yes,), (no,) = drawn(PLAN, 1, is_responder=True), drawn(PLAN, 1)
    is_there = no.abundance > 0
    change = np.log(yes.abundance[is_there] / no.abundance[is_there])
    sign = gut_taxa()["response"].to_numpy()[is_there]
    # The common fall of all shares apart.
    assert change - np.median(change) == pytest.approx(PLAN.in_responders * sign)


@pytest.mark.parametrize("in_responders", [0.6, -0.6, 0.0])
def test_shares_of_taxa_that_nothing_moves_change_as_stated(in_responders):
    plan = dataclasses.replace(PLAN, in_responders=in_responders)
    null = gut_taxa()["response"].to_numpy() == 0
    yes, no = (
        np.array([sample.abundance for sample in drawn(plan, 300, is_responder=is_responder)])
        for is_responder in (True, False)
    )
    rows, taxa = np.nonzero(null & (no > 0))
    change = np.log(yes[rows, taxa] / no[rows, taxa])
    # Every null taxon of a person changes alike: one value per person.
    own = np.array([change[rows == person].mean() for person in range(300)])
    error = own.std() / np.sqrt(300)
    assert own.mean() == pytest.approx(common_change(plan), abs=4 * error + 1e-12)
    assert common_change(plan) * in_responders <= 0
    assert (abs(common_change(plan)) > 0.1) == (in_responders > 0)
