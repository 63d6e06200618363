import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from macroimmune.evidence import Claim, claims
from macroimmune.mechanism.acceptance import scorable_claims
from macroimmune.mechanism.scenarios import interventions

_DATA = files("macroimmune.mechanism.acceptance") / "data"
# Statements of an association between two states or two cells, not over patients.
_NOT_OF_PATIENTS = {"metastatic disease", "tumour-bearing", "Ki67+ CD8 T cell"}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / name).read_text("utf-8"))


CONDITIONS = _read("conditions.toml")
READOUTS = _read("readouts.toml")
ASSOCIATIONS = _read("associations.toml")
TERMS = _read("tumour_terms.toml")["terms"]
TUMOURS = set(
    tomllib.loads(
        (files("macroimmune.mechanism.scenarios") / "data" / "tumours.toml").read_text("utf-8")
    )
)


@pytest.fixture(scope="module")
def scored() -> list[Claim]:
    frozen = scorable_claims()
    return [c for c in claims() if c.is_simulatable and frozen[c.evidence_id].is_scored]


def _sides(claim: Claim) -> list[str]:
    return [text for text in (claim.condition, claim.comparator) if text]


def _given() -> Iterator[dict[str, Any]]:
    for condition in CONDITIONS.values():
        yield from condition.get("interventions", [])
        for alternative in condition.get("alternatives", []):
            yield from alternative
    for challenge in READOUTS["challenge"].values():
        yield from challenge["interventions"]
    for therapy in READOUTS["therapy"].values():
        yield from therapy


def test_every_condition_and_comparator_of_a_scored_claim_is_declared(scored: list[Claim]) -> None:
    assert {text for claim in scored for text in _sides(claim)} - set(CONDITIONS) == set()


def test_no_condition_is_declared_that_nothing_uses(scored: list[Claim]) -> None:
    used = {text for claim in scored for text in _sides(claim)}
    used |= {one.get("under", "") for part in ASSOCIATIONS.values() for one in part.values()}
    used |= {one.get("against", "") for one in READOUTS["quantities"].values()}
    assert set(CONDITIONS) - used == set()


def test_every_tumour_of_a_scored_claim_is_one_of_the_catalogue(scored: list[Claim]) -> None:
    for claim in scored:
        for term in claim.tumours:
            found = TERMS[re.sub(r" \((M|NM|M/NM)\)$", "", term)]
            ids = {found} if isinstance(found, str) else set(found.values())
            assert ids <= TUMOURS | {"none"}, claim.evidence_id


def test_every_age_of_a_tumour_has_days_in_both_species() -> None:
    words = {one["tumour"] for one in CONDITIONS.values() if "tumour" in one} - {"none"}
    words |= {one["tumour"] for one in READOUTS["observables"].values() if "tumour" in one}
    for days in READOUTS["tumour_days"].values():
        assert words <= set(days)
        assert days["early"] < days["present"] < days["advanced"]


def test_every_intervention_and_kind_is_in_the_catalogue() -> None:
    known = interventions()
    for given in _given():
        assert given["name"] in known
        assert given.get("kind", next(iter(known[given["name"]]))) in known[given["name"]]
    for kind in READOUTS["chemotherapy_kind"].values():
        assert kind in known["chemotherapy"]
    for schedule in READOUTS["schedules"].values():
        assert set(schedule) <= set(known)
    for names in READOUTS["efficacy"].values():
        assert set(names) <= set(known)


def test_no_text_depends_on_a_claim() -> None:
    allowed = {
        "tumour", "tumour_id", "host", "tumour_inputs", "interventions", "alternatives", "day",
        "challenge_day", "relative_to", "readout", "compartment", "group", "is_untreated",
    }  # fmt: skip
    ids = {claim.evidence_id for claim in claims()}
    for text, condition in CONDITIONS.items():
        assert set(condition) <= allowed, text
        assert text not in ids


def test_every_claim_has_a_day(scored: list[Claim]) -> None:
    for claim in scored:
        if CONDITIONS[claim.condition].get("group") or claim.observable in READOUTS["quantities"]:
            continue
        texts = _sides(claim)
        resting = all(
            not CONDITIONS[text].get("interventions") and not CONDITIONS[text].get("alternatives")
            for text in texts
        )
        days = [CONDITIONS[text].get("day") for text in texts]
        days += [
            READOUTS[part].get(claim.observable, {}).get("day")
            for part in ("observables", "challenge")
        ]
        days.append(claim.day or None)
        assert resting or any(day is not None for day in days), claim.evidence_id


def test_every_association_over_patients_has_predictor_and_outcome(scored: list[Claim]) -> None:
    for claim in scored:
        is_group = bool(CONDITIONS[claim.condition].get("group"))
        of_patients = claim.kind == "association" and claim.condition not in _NOT_OF_PATIENTS
        if of_patients or is_group:
            assert claim.condition in ASSOCIATIONS["predictors"], claim.evidence_id
            assert claim.observable in ASSOCIATIONS["outcomes"], claim.evidence_id


def test_a_predictor_is_low_where_its_text_says_so() -> None:
    for text, predictor in ASSOCIATIONS["predictors"].items():
        means_low = text.startswith("low ") or " fall " in text
        assert (predictor.get("sign", 1) == -1) == means_low, text


def test_quantities_name_conditions_that_exist() -> None:
    for name, quantity in READOUTS["quantities"].items():
        assert quantity["from"] in {"course", "clones", "cohort"}, name
        assert quantity.get("against", "tumour-free") in CONDITIONS


def test_the_list_of_observables_that_the_model_has_to_offer_is_complete(
    scored: list[Claim],
) -> None:
    lines = (_DATA / "README.md").read_text("utf-8").splitlines()
    listed = {line[2:].rpartition(": ")[0] for line in lines if line.startswith("- ")}
    needed = {name for names in READOUTS["composition"].values() for name in names}
    needed |= {one["of"] for one in READOUTS["quantities"].values() if "of" in one}
    needed |= {one["readout"] for one in CONDITIONS.values() if "readout" in one}
    for part in ASSOCIATIONS.values():
        needed |= {one["observable"] for one in part.values() if "observable" in one}
    for claim in scored:
        sides = [CONDITIONS[text] for text in _sides(claim)]
        read_otherwise = (
            claim.observable in {"immune composition distance from healthy", "survival"}
            or claim.observable in READOUTS["efficacy"]
            or "of" in READOUTS["quantities"].get(claim.observable, {})
            or (
                claim.condition in ASSOCIATIONS["predictors"]
                and claim.observable in ASSOCIATIONS["outcomes"]
            )
            or all("readout" in side for side in sides)
        )
        needed |= set() if read_otherwise else {claim.observable}
    assert needed - listed == set()
