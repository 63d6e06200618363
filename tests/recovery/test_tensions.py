"""Findings that seem to contradict each other come of one set of parameters, each by its mechanism.

Every finding is a claim of the review, run in the scenarios of the claims table. Where the named
constants are set to zero, the finding that rests on them is lost and the others stay.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from macroimmune.mechanism.acceptance import claim_outcomes, scored_claims
from macroimmune.mechanism.model import model_text

pytest.importorskip("roadrunner")

_CLAIMS = {claim.evidence_id: claim for claim in scored_claims()}


def holds(*names: str, values: Mapping[str, float] | None = None) -> dict[str, bool]:
    """Return whether each claim holds, with these immune parameters in place of the table's."""
    outcomes = claim_outcomes([_CLAIMS[name] for name in names], values=values)
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


def test_the_page_about_the_model_names_what_is_in_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "model.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Za-z]\w*)`", page)) - {"estimated", "host", "tumour"}
    assert len(named) > 50
    assert named - set(re.findall(r"\w+", model_text())) == set()
