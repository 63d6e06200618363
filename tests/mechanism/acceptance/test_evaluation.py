import dataclasses
import pickle
import subprocess
import sys

import pytest

from macroimmune.errors import InputError
from macroimmune.mechanism.acceptance import (
    claim_outcomes,
    claims_table,
    plans_of,
    scorable_claims,
    score_table,
    scored_claims,
    section_claims,
)
from macroimmune.mechanism.acceptance.needs import Need, scenarios_of
from macroimmune.mechanism.acceptance.schedules import within_run
from macroimmune.mechanism.scenarios import Intervention, Scenario


@pytest.fixture(scope="module")
def some():
    """Claims on stem cells and PMN-MDSC, which need few runs."""
    return [c for c in scored_claims() if c.observable in {"HSC frequency", "PMN-MDSC frequency"}]


@pytest.fixture(scope="module")
def found(some):
    return claim_outcomes(some)


def test_a_need_is_found_again_when_it_comes_back_from_another_process() -> None:
    need = Need(Scenario("x", tumour="generic"), "blood", "NK frequency", 0.0, 7.0)
    found = {need: 1.0}
    sent = pickle.dumps(found)
    # A process of its own, in which words have other hash numbers.
    script = (
        "import pickle, sys; found = pickle.load(sys.stdin.buffer);"
        "sys.stdout.buffer.write(pickle.dumps(found))"
    )
    other = subprocess.run(
        [sys.executable, "-c", script], input=sent, capture_output=True, check=True
    )
    assert pickle.loads(other.stdout)[need] == 1.0
    assert "_hash" not in vars(pickle.loads(pickle.dumps(need)))


def test_every_scored_claim_has_a_plan_or_a_reason() -> None:
    plans = plans_of(scored_claims(), 10)
    assert len(plans) == 390
    assert all(plan if isinstance(plan, str) else plan.needs for plan in plans.values())


def test_tumours_raise_pmn_mdsc_in_blood(found) -> None:
    outcome = found["N013"]
    assert outcome.passed
    assert outcome.ratio == pytest.approx(outcome.condition_value / outcome.comparator_value)
    assert outcome.ratio > 1.1


def test_the_same_claims_give_the_same_numbers_whichever_others_are_asked(some, found) -> None:
    alone = claim_outcomes([c for c in some if c.evidence_id == "N013"])
    assert alone["N013"] == found["N013"]


def test_the_table_has_a_row_per_claim_and_says_why_a_claim_was_not_evaluated(some, found) -> None:
    table = claims_table(some, found)
    assert table["claim_id"].to_list() == [c.evidence_id for c in some]
    without = table.filter(table["found"] == "")
    assert without["status"].str.starts_with("not evaluated: ").all()
    assert not without["passed"].any()
    assert without["ratio"].null_count() == without.height


def test_the_scores_stand_beside_guessing(some, found) -> None:
    scores = score_table(some, scorable_claims(), found)
    total = scores.row(0, named=True)
    groups = {scorable_claims()[c.evidence_id].group for c in some}
    assert total["n_groups"] == len(groups) < total["n_claims"] == len(some)
    assert total["always_up"] == 100.0
    assert total["score"] == pytest.approx(100 * total["n_passed"] / total["n_groups"])
    # All directions are up: shuffling changes nothing.
    assert total["permuted_mean"] == pytest.approx(total["score"])


def test_a_run_is_done_once_whatever_its_length_and_name() -> None:
    run = Scenario("a", tumour="generic", tumour_days=20)
    needs = [
        Need(run, "blood", "PMN-MDSC number", 0, 7),
        Need(dataclasses.replace(run, name="b", days=9), "blood", "PMN-MDSC number", 0, 30),
        Need(dataclasses.replace(run, host={"more_GCSF": 2.0}), "blood", "x", 0, 7),
    ]
    assert [len(of_run) for _, of_run in scenarios_of(needs)] == [2, 1]
    assert needs[0].days == [0, 1, 2, 3, 4, 5, 6, 7]


def test_doses_after_the_last_day_are_left_out() -> None:
    given = Intervention("anti_PD1", every=3, times=5)
    assert within_run(given, 7.0) == dataclasses.replace(given, times=3)
    assert within_run(given, 2.0) == Intervention("anti_PD1")
    assert within_run(Intervention("anti_PD1", day=8), 7.0) is None
    assert within_run(Intervention("clamp", until=90.0), 7.0) == Intervention("clamp", until=7.0)


def test_an_unknown_section_is_named_with_the_nearest() -> None:
    with pytest.raises(InputError, match="'Ressection' has no scored claims. Did you mean 'Resect"):
        section_claims("Ressection")
    assert len(section_claims("")) == 390
    assert {claim.section for claim in section_claims("Resection")} == {"Resection"}


def test_processes_give_what_one_process_gives(found, monkeypatch) -> None:
    monkeypatch.setattr("macroimmune.mechanism.acceptance.evaluation._BATCH", 2)
    monkeypatch.setattr("macroimmune.mechanism.acceptance.evaluation._FEW", 1)
    few = [c for c in scored_claims() if c.observable == "HSC frequency"]
    two = claim_outcomes(few, workers=2)
    assert two == {c.evidence_id: found[c.evidence_id] for c in few}
