"""The tables of the evidence keep what they promise."""

from collections import Counter
from dataclasses import fields

import pytest

from macroimmune.evidence import (
    Antigen,
    Population,
    biomarkers,
    claims,
    find_population,
    lookup,
    perturbations,
    populations,
    sources,
)
from macroimmune.evidence.claim import CLAIM_KINDS, DIRECTIONS
from macroimmune.evidence.index import records
from macroimmune.evidence.population import ontology_terms
from macroimmune.evidence.tables import table
from macroimmune.evidence.wording import words_of

ALL = [record for of_kind in records().values() for record in of_kind]


def test_every_row_of_every_table_is_a_line():
    assert (len(biomarkers()), len(perturbations()), len(claims())) == (53, 50, 418)
    assert len(populations()) == len(table("populations"))
    assert len(sources()) == len(table("sources"))


def test_every_evidence_id_is_unique_and_resolves_to_its_line():
    counted = Counter(record.evidence_id for record in ALL)
    assert [name for name, n in counted.items() if n > 1] == []
    assert all(lookup(record.evidence_id) is record for record in ALL)


def test_biomarkers_are_numbered_within_their_feature_in_file_order():
    assert [line.evidence_id for line in biomarkers()[:4]] == [
        "nlr-1",
        "nlr-2",
        "nlr-3",
        "serum_il8-1",
    ]
    assert [line.evidence_id for line in perturbations()[::49]] == ["T1-01", "T1-50"]
    assert all(line.evidence_id[0] in "CN" for line in claims())


def test_the_words_null_and_none_stay_words():
    kinds = Counter(line.kind for line in claims())
    assert kinds["null"] == 17
    assert any(line.tumours == ("none",) for line in claims())
    assert any(line.compartment == "none" for line in claims())


def test_every_cell_of_the_claims_is_kept_as_it_is_written():
    for row, line in zip(table("claims"), claims(), strict=True):
        assert line.evidence_id == row["id"]
        assert "; ".join(line.tumours) == row["tumour"]
        assert ";".join(line.references) == row["refs"]
        for name in ("observable", "condition", "comparator", "magnitude", "kind", "day"):
            assert getattr(line, name) == row[name]
        for name in ("value_low", "value_high"):
            value = getattr(line, name)
            assert ("" if value is None else f"{value:g}") == row[name]


def test_claims_speak_the_controlled_vocabulary():
    assert {line.kind for line in claims()} == set(CLAIM_KINDS)
    assert {line.direction for line in claims()} == set(DIRECTIONS)
    assert {line.species for line in claims()} == {"human", "mouse", "human+mouse"}
    assert {row["simulatable"] for row in table("claims")} == {"yes", "no"}
    for line in claims():
        assert line.is_simulatable == (line.reason_if_not == ""), line.evidence_id
        assert line.value_low is None or line.direction == "value", line.evidence_id


def test_directions_and_changes_are_declared_words():
    assert {line.favourable_direction for line in biomarkers()} == {"low", "high", "not stated"}
    assert {line.change for line in perturbations()} == {"up", "down"}
    assert {line.species for line in perturbations()} == {"human", "mouse"}
    assert {line.stage for line in (*biomarkers(), *perturbations())} == {
        "M",
        "NM",
        "M/NM",
        "unspecified",
    }


def test_a_sign_that_the_source_does_not_state_is_not_given_one():
    line = lookup("til_tnbc-1")
    assert line.favourable_direction == "not stated"
    assert "sign not stated" in line.sentence
    assert not line.sentence.startswith(("Low", "High"))


@pytest.mark.parametrize("record", ALL, ids=lambda record: record.evidence_id)
def test_every_line_has_a_sentence_and_a_source(record):
    assert record.sentence.endswith(".")
    assert record.sentence == " ".join(record.sentence.split())
    assert record.citation
    if not isinstance(record, (Population, Antigen)):
        assert "doi:10." in record.citation


def test_every_reference_is_a_number_of_the_review_or_a_verified_work():
    known = {source.label for source in sources().values()}
    for line in (*biomarkers(), *perturbations(), *claims()):
        for reference in line.references:
            assert reference.isdigit() or reference in known, line.evidence_id
            assert not reference.isdigit() or 1 <= int(reference) <= 200


def test_lines_are_immutable():
    for record in (biomarkers()[0], perturbations()[0], claims()[0], populations()[0]):
        with pytest.raises(AttributeError):
            setattr(record, fields(record)[0].name, "other")
    with pytest.raises(TypeError):
        sources()["review"] = None


def test_every_population_of_the_perturbations_is_in_the_vocabulary_with_the_same_term():
    for line in perturbations():
        known = find_population(line.population)
        assert known is not None, line.population
        assert known.cell_ontology == line.cell_ontology, line.evidence_id


def test_parents_are_populations_and_lead_to_the_top():
    by_id = {population.id: population for population in populations()}
    for population in populations():
        seen = {population.id}
        here = population
        while here.parent:
            here = by_id[here.parent]
            assert here.id not in seen
            seen.add(here.id)


# Words of a label that a name need not have: what every such cell is, or how CL builds labels.
SAID_BY_DEFINITION = {"alpha", "beta", "thymu", "thymus", "derived", "human", "cell", "stage"}


@pytest.mark.parametrize(
    "population",
    [population for population in populations() if population.cell_ontology],
    ids=lambda population: population.id,
)
def test_the_ontology_label_says_nothing_that_the_names_do_not(population):
    label, verified_against = ontology_terms()[population.cell_ontology]
    names = (population.name, *population.aliases)
    said = {word for name in names for word in words_of(name)}
    assert set(words_of(label)) - SAID_BY_DEFINITION <= said
    assert "obo" in verified_against


def test_no_two_populations_share_a_term_and_every_verified_term_is_used():
    terms = [population.cell_ontology for population in populations() if population.cell_ontology]
    assert len(terms) == len(set(terms))
    assert set(ontology_terms()) == set(terms)


def test_every_correction_is_in_force():
    for row in table("corrections"):
        line = lookup(row["row"])
        assert getattr(line, row["column"]) == row["is"], row
        assert row["was"] != row["is"]
        assert row["reason"]
