from functools import cache

import numpy as np
import pytest

from macroimmune.mechanism.acceptance import is_clonal, plans_of, scored_claims
from macroimmune.mechanism.acceptance.clonal_courses import run_clonal_needs
from macroimmune.mechanism.acceptance.needs import Need, scenarios_of
from macroimmune.mechanism.acceptance.read_from_clones import by_chance, clone_seeds
from macroimmune.mechanism.clones import clonal_observables, clone_engine
from macroimmune.mechanism.fitting import fitted_claims
from macroimmune.mechanism.scenarios import Scenario, run_scenario

SHARING = "Treg blood-tumour clone sharing"
SCENARIO = Scenario("skin", species="human", tumour="generic", tumour_days=60.0, days=1)


def need(observable: str, compartment: str = "blood", day: float = 0.0) -> Need:
    return Need(SCENARIO, compartment, observable, day, day)


def clonal_claims():
    return [claim for claim in scored_claims() if is_clonal(claim.observable)]


@cache
def two_seeds():
    asked = [need(SHARING), need(f"{SHARING} by chance"), need(SHARING, day=1.0)]
    return run_clonal_needs(SCENARIO, asked, {}, n_seeds=2)


def test_a_claim_on_clones_is_the_mean_over_seeds() -> None:
    run = run_scenario(SCENARIO, engine=clone_engine())
    key = (SHARING, "blood")
    seeds = [clonal_observables(run, s, days=(0.0, 1.0), only=[key])[key][0.0] for s in (0, 1)]
    assert seeds[0] != seeds[1]
    assert two_seeds()[0] == pytest.approx([np.mean(seeds)])


def test_regulatory_clones_of_a_tumour_are_in_blood_more_often_than_by_chance() -> None:
    sharing, chance, _ = two_seeds()
    assert 0.0 < 1.1 * chance[0] < sharing[0] <= 1.0


def test_what_clones_do_not_define_on_a_day_is_said() -> None:
    novel = need("share of CD8 clones that are novel", "tumour")
    (found,) = run_clonal_needs(SCENARIO, [novel], {}, n_seeds=1)
    assert found == "share of CD8 clones that are novel in tumour is not defined on day 0"


def test_all_claims_on_clones_have_a_plan_and_those_of_one_study_share_a_run() -> None:
    plans = plans_of(clonal_claims(), 10)
    assert not [plan for plan in plans.values() if isinstance(plan, str)]
    study = [n for name in ("C176", "C177", "C178", "C179") for n in plans[name].needs]
    assert len(study) == 4
    assert len(scenarios_of(study)) == 1


def test_chance_is_that_of_the_clones_where_clones_are_read_and_one_elsewhere() -> None:
    chosen = [claim for claim in scored_claims() if claim.comparator == "chance overlap"]
    plans = plans_of(chosen, 10)
    read = {
        claim.observable: {side.all_needs[0].observable for _, side in plan.pairs.values()}
        for claim, plan in zip(chosen, plans.values(), strict=True)
    }
    for observable, beside in read.items():
        assert beside == {by_chance(observable) or "chance overlap"}
    assert read[SHARING] == {f"{SHARING} by chance"}


def test_clones_have_a_run_of_their_own() -> None:
    course = need("CD8 T cell number")
    assert [len(needs) for _, needs in scenarios_of([need(SHARING), course])] == [1, 1]


def test_fits_read_no_claim_on_clones() -> None:
    assert not {c.evidence_id for c in clonal_claims()} & {c.evidence_id for c in fitted_claims()}
    assert len(clone_seeds()) > len(clone_seeds(1)) == 1
