"""Findings that seem to contradict each other come of one set of parameters, each by its mechanism.

Every finding is a claim of the review, run in the scenarios of the claims table. Where the named
constants are set to zero, the finding that rests on them is lost and the others stay.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from macroimmune.mechanism.acceptance import claim_outcomes, scored_claims
from macroimmune.mechanism.model import model_text
from macroimmune.mechanism.scenarios import Intervention, Scenario, run_scenario

pytest.importorskip("roadrunner")

_CLAIMS = {claim.evidence_id: claim for claim in scored_claims()}


def holds(
    *names: str, values: Mapping[str, float] | None = None, n_patients: int | None = None
) -> dict[str, bool]:
    """Return whether each claim holds, with these immune parameters in place of the table's."""
    chosen = [_CLAIMS[name] for name in names]
    outcomes = claim_outcomes(chosen, values=values, n_patients=n_patients)
    assert all(one.found for one in outcomes.values()), [one.status for one in outcomes.values()]
    return {name: one.passed for name, one in outcomes.items()}


def test_a_draining_node_holds_more_dc_at_rest_and_fewer_cdc1_after_a_challenge() -> None:
    # C071: DC frequency up. N150: cDC1 after a Matrigel plug down.
    assert holds("C071", "N150") == {"C071": True, "N150": True}
    # A node that drains a tumour draws more DC than it loses; a plug elsewhere is carried to the
    # node by the few cDC1 that the marrow still makes.
    assert holds("C071", "N150", values={"entry_DC_node": 0}) == {"C071": False, "N150": True}


def test_a_spleen_holds_fewer_dc_and_more_of_them_are_semi_mature() -> None:
    # C067: semi-mature fraction up. C068: DC frequency down.
    assert holds("C067", "C068") == {"C067": True, "C068": True}
    # IL-6 and debris of the tumour begin a maturation that is not finished.
    unripe = {"semi_IL6": 0.0, "semi_debris": 0.0}
    assert holds("C067", "C068", values=unripe) == {"C067": False, "C068": True}


def test_one_chemotherapy_raises_suppressive_cells_that_another_lowers() -> None:
    # Doxorubicin and cyclophosphamide: PMN-MDSC up (C114), M-MDSC as before (C115). FEC or
    # docetaxel: M-MDSC down (C116).
    names = ("C114", "C115", "C116")
    assert holds(*names) == dict.fromkeys(names, True)
    # The rise is the answer of the marrow to damage (G-CSF, GM-CSF); the fall is killing.
    deaf = {"damage_GCSF": 0.0, "damage_GMCSF": 0.0}
    assert holds(*names, values=deaf) == {"C114": False, "C115": False, "C116": True}


def test_surgery_suppresses_early_and_restores_late() -> None:
    # Early: PMN-MDSC still up after two weeks in spleen and blood (C132, N067), fewer T cells after
    # vaccination (C137), fewer NK cells (C138), NK cells low in IFN-gamma for at most two months
    # (N076). Late: CD8 T cells answer Listeria (C212, N144), and antibodies immunisation (C213).
    early, late = ("C132", "N067", "C137", "C138", "N076"), ("C212", "N144", "C213")
    assert all(holds(*early, *late).values())


def after_surgery(*columns: str) -> dict[str, dict[float, float]]:
    """Return columns of a healthy man by day after surgery, relative to the day before it."""
    wounded = Scenario("x", species="human", days=60, interventions=(Intervention("wounding"),))
    course = run_scenario(wounded).course
    before = course.filter(pl.col("day") == -1.0)
    return {
        name: dict(zip(course["day"], course[name] / before[name].item(), strict=True))
        for name in columns
    }


def test_what_surgery_suppresses_comes_back_at_the_pace_that_was_measured() -> None:
    names = ("NK_IFNg", "NK_killing", "suppression_ln", "IL6", "CCL2", "PMN_bl")
    course = after_surgery(*names)
    # IFN-gamma of NK cells of 202 patients (J Surg Oncol 2021;124:1561), pg/ml: 200.2 before, 40
    # after, 139.7 at three weeks, 217.1 at five weeks.
    assert course["NK_IFNg"][1] == pytest.approx(40 / 200.2, rel=0.1)
    assert course["NK_IFNg"][21] == pytest.approx(139.7 / 200.2, rel=0.1)
    assert course["NK_IFNg"][35] == pytest.approx(1, abs=0.15)
    # NK cells kill less by a quarter on day 1 and no less than before within one to two weeks
    # (J Jpn Surg Soc 1983;84:203); T cells answer antigens by 42 to 76 % less, and as before on
    # day 7; IL-6 is back on day 4, CCL2 still up in week 4.
    assert 0.65 < course["NK_killing"][1] < 0.83
    assert course["NK_killing"][10] > 0.95
    assert 0.24 < course["suppression_ln"][2] < 0.58
    assert course["suppression_ln"][7] > 0.85
    assert course["IL6"][1] > 4
    assert course["IL6"][4] - 1 < 0.2 * (course["IL6"][1] - 1)
    assert course["CCL2"][24] > 1.05
    # What a wound alone raises does not stay.
    assert course["PMN_bl"][2] > 1.3
    assert all(0.97 < course[name][60] < 1.03 for name in names)


def test_a_wound_alone_slows_a_response_that_is_restored_without_it() -> None:
    healed = {"suppress_wound": 0.0, "loss_wound": 0.0, "stress_NK": 0.0, "wound_GCSF": 0.0}
    healed |= {"wound_IL6": 0.0, "wound_CCL2": 0.0, "wound_VEGF": 0.0}
    assert holds("C137", "C138", "C212", values=healed) == {
        "C137": False,
        "C138": False,
        "C212": True,
    }


def test_interferon_helps_immune_cells_and_protects_tumour_cells() -> None:
    # Poly-ICLC activates DC (C221); checkpoint blockade needs sensing of IFN by immune cells (N160)
    # and suffers from that by tumour cells (C254); nothing of it moves responsiveness (C252).
    names = ("C221", "N160", "C254", "C252")
    assert holds(*names) == dict.fromkeys(names, True)
    # The help goes through DC; the protection does not.
    blind = {"effect_IFN1_DC": 0.0, "effect_poly_ICLC": 0.0}
    assert holds(*names, values=blind) == {
        "C221": False,
        "N160": False,
        "C254": True,
        "C252": True,
    }


@pytest.mark.slow
def test_patients_whose_t_cells_answer_interferon_weakly_live_longer_under_anti_pd1() -> None:
    # The cohort of the rules is small, so the same is asked of four times as many patients.
    for n_patients in (100, 400):
        # C251, though sensing of IFN by immune cells helps checkpoint blockade (N160).
        found = holds("C251", "N160", n_patients=n_patients)
        assert found == {"C251": True, "N160": True}
        # Strong interferon makes T cells expand less when they are primed.
        without = holds("C251", "N160", values={"slow_IFN1": 0.0}, n_patients=n_patients)
        assert without == {"C251": False, "N160": True}


@pytest.mark.slow
def test_treg_are_a_good_sign_before_anti_ctla4_and_a_bad_one_before_chemotherapy() -> None:
    # Many Treg in blood: chemotherapy does less (C238), anti-CTLA4 does more (C239).
    for n_patients in (100, 400):
        found = holds("C238", "C239", n_patients=n_patients)
        assert found == {"C238": True, "C239": True}
    # Anti-CTLA4 lifts the hold of Treg on DC and effectors and depletes them in the tumour. Where
    # their hold goes by other ways, they are no sign of it; 100 patients are too few to tell.
    held = {"hold_CTLA4": 0.0, "deplete_CTLA4": 0.0}
    assert holds("C238", "C239", values=held, n_patients=400) == {"C238": True, "C239": False}


@pytest.mark.slow
def test_treg_that_rise_under_anti_pd1_are_a_sign_of_t_cells_that_answer() -> None:
    # C244: a rise goes with response, though many Treg are bad. IL-2 of answering cells makes it.
    assert holds("C244") == {"C244": True}
    assert holds("C244", values={"treg_IL2": 0.0, "eTreg_IL2": 0.0}) == {"C244": False}


def test_the_page_about_the_model_names_what_is_in_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "model.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Za-z]\w*)`", page)) - {"estimated", "host", "tumour", "readout"}
    assert len(named) > 50
    assert named - set(re.findall(r"\w+", model_text())) == set()
