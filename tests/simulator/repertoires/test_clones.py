import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.simulator.plan import RepertoiresPlan
from macroimmune.simulator.repertoires import clone_fractions, draw_clones
from macroimmune.simulator.repertoires.clone_sizes import exponent_of, power_law_sizes
from macroimmune.simulator.repertoires.phenotypes import (
    BLOOD_PHENOTYPES,
    MEMORY_CD8,
    TUMOUR_PHENOTYPES,
    tumour_phenotype_shares,
)

NAMES = [kind.id for kind in BLOOD_PHENOTYPES]


def exponent_by_likelihood(sizes: np.ndarray, smallest: float) -> float:
    """Return the exponent of the density of sizes above the smallest (Hill's estimator)."""
    above = sizes[sizes >= smallest]
    return 1.0 + len(above) / np.log(above / smallest).sum()


@pytest.mark.parametrize("exponent", [1.8, 2.2, 3.0])
def test_the_exponent_is_measured_again_in_sizes(exponent):
    sizes = power_law_sizes(100_000, exponent, rng=np.random.default_rng(1))
    assert exponent_by_likelihood(sizes, 1.0) == pytest.approx(exponent, rel=0.02)
    # Size falls with rank on two logarithmic scales, with slope -1 / (exponent - 1).
    ordered = np.sort(sizes)[::-1][10:10_000]
    slope = np.polyfit(np.log(np.arange(11, 10_001)), np.log(ordered), 1)[0]
    assert slope == pytest.approx(-1.0 / (exponent - 1.0), rel=0.06)


@given(st.integers(1, 500), st.floats(1.5, 4.0))
def test_sizes_begin_at_one_and_end(n, exponent):
    sizes = power_law_sizes(n, exponent, rng=np.random.default_rng(n))
    assert (sizes >= 1.0).all()
    # The end: three times the size that the largest is expected to pass, or twice as rare as half.
    assert sizes.max() <= max(3.0 * n ** (1.0 / (exponent - 1.0)), 0.5 ** (-1 / (exponent - 1)))


def test_age_cmv_and_cancer_make_blood_more_clonal():
    plan = RepertoiresPlan(exponent_spread=0.0)
    rng = np.random.default_rng(1)

    def of(age=50.0, is_patient=False, is_cmv_positive=False):
        who = {"is_patient": is_patient, "is_cmv_positive": is_cmv_positive}
        return exponent_of(plan, age_years=age, rng=rng, **who)

    assert of() == pytest.approx(plan.exponent)
    assert of(age=80.0) < of()
    assert of(is_cmv_positive=True) < of()
    assert of(is_patient=True) < of()


def test_the_same_person_has_the_same_clones(make_person):
    one, two = draw_clones(make_person()), draw_clones(make_person())
    other = draw_clones(make_person(seed=6))
    assert np.array_equal(one.size, two.size)
    assert not np.array_equal(one.size, other.size)


def test_phenotypes_have_exactly_the_shares_of_the_draw(make_person):
    person = make_person()
    clones = draw_clones(person)
    for draw in person.draws:
        if draw.compartment == "blood":
            fractions = clone_fractions(person, clones, draw)
            assert fractions.listed.sum() + fractions.naive == pytest.approx(1.0)
            for place, kind in enumerate(BLOOD_PHENOTYPES):
                if not kind.is_naive:
                    share = fractions.listed[clones.phenotype == place].sum()
                    assert share == pytest.approx(draw.shares[place])


def test_the_tumour_holds_the_planned_share_of_circulating_clones_before_treatment(make_person):
    person = make_person(tumour_shared_mass=0.42)
    clones = draw_clones(person)
    blood, tumour = (clone_fractions(person, clones, draw) for draw in person.draws[:2])
    assert tumour.listed.sum() == pytest.approx(1.0)
    assert tumour.listed[blood.listed > 0].sum() == pytest.approx(0.42)


def test_exhausted_and_bystander_cells_prevail_in_the_tumour(make_person):
    person = make_person()
    clones = draw_clones(person)
    tumour = clone_fractions(person, clones, person.draws[1])
    shares = np.array([
        tumour.listed[clones.tumour_phenotype == kind].sum()
        for kind in range(len(TUMOUR_PHENOTYPES))
    ])
    planned = tumour_phenotype_shares(person.plan.tumour_exhausted, person.plan.tumour_bystander)
    assert shares == pytest.approx(planned, abs=0.06)
    assert shares[:2].sum() > 0.5


def test_clones_expand_on_immunotherapy_and_twice_as_many_in_responders(make_person):
    responder = make_person()
    without = make_person(person={"is_responder": False})
    many, few = draw_clones(responder), draw_clones(without)
    memory = MEMORY_CD8[few.phenotype] & (few.phenotype >= 0) & ~few.is_novel
    expected = responder.plan.expanding_share * memory.sum()
    assert few.is_expanding.sum() == pytest.approx(expected, abs=1)
    assert many.is_expanding.sum() == pytest.approx(2 * expected, abs=1)
    assert many.is_novel.sum() == 2 * few.is_novel.sum()
    assert MEMORY_CD8[many.phenotype[many.is_expanding]].all()


def test_expanding_clones_grow_by_their_fold_relative_to_their_phenotype(make_person):
    person = make_person(drift=0.0, expansion_days=1.0)
    clones = draw_clones(person)
    before, after = (clone_fractions(person, clones, person.draws[place]) for place in (0, 2))
    steady = (clones.fold == 1.0) & ~clones.is_novel & (clones.phenotype == NAMES.index("em_cd8"))
    growing = clones.is_expanding & (clones.phenotype == NAMES.index("em_cd8"))
    rate = (after.listed / np.where(before.listed > 0, before.listed, np.nan))[growing]
    scale = (after.listed[steady] / before.listed[steady]).mean()
    assert rate / scale == pytest.approx(clones.fold[growing], rel=1e-9)
    assert clones.fold[clones.is_expanding].min() >= 1.0


def test_novel_clones_are_absent_before_and_there_after(make_person):
    person = make_person()
    clones = draw_clones(person)
    before, after = (clone_fractions(person, clones, person.draws[place]) for place in (0, 2))
    assert clones.is_novel.any()
    assert (before.listed[clones.is_novel] == 0).all()
    assert (after.listed[clones.is_novel] > 0).all()
    em = clones.phenotype == NAMES.index("em_cd8")
    share = after.listed[clones.is_novel].sum() / after.listed[em].sum()
    assert share < person.plan.novel_share * 1.2
    assert (clones.is_novel & clones.is_in_tumour).any()


def test_without_immunotherapy_nothing_expands_or_appears(make_person):
    clones = draw_clones(make_person(person={"is_treated": False}))
    assert not clones.is_expanding.any()
    assert not clones.is_contracting.any()
    assert not clones.is_novel.any()
    assert (clones.fold == 1.0).all()


def test_without_drift_and_treatment_shares_stay(make_person):
    person = make_person(drift=0.0, person={"is_treated": False})
    clones = draw_clones(person)
    before, after = (clone_fractions(person, clones, person.draws[place]) for place in (0, 2))
    assert after.listed == pytest.approx(before.listed, rel=1e-12)


def test_a_person_without_biopsy_has_no_tumour_clones(make_person):
    person = make_person()
    blood = tuple(draw for draw in person.draws if draw.compartment == "blood")
    clones = draw_clones(dataclasses.replace(person, draws=blood))
    assert not clones.is_in_tumour.any()


def test_a_tumour_can_share_all_or_nothing(make_person):
    for mass in (0.0, 1.0):
        person = make_person(
            tumour_shared_clones=mass, tumour_shared_mass=mass, tumour_clones=500, drift=0.3
        )
        clones = draw_clones(person)
        blood, tumour = (clone_fractions(person, clones, draw) for draw in person.draws[:2])
        assert tumour.listed[blood.listed > 0].sum() == pytest.approx(mass)
