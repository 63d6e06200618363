"""The definitions of populations keep what they promise."""

import re
from collections import Counter, defaultdict
from graphlib import TopologicalSorter

from macroimmune.evidence import (
    antigens,
    biomarkers,
    find_population,
    perturbations,
    population_definitions,
    populations,
    sources,
)

ALL = [*population_definitions("human"), *population_definitions("mouse")]
ROLES = {antigen.id: antigen.role for antigen in antigens()}
SPECIES = {antigen.id: antigen.species for antigen in antigens()}

# No markers of single cells tell these.
NOT_BY_MARKERS = {
    "pbmc": "a preparation: what a density gradient leaves",
}
# Features of Table 2 that are no frequency of a population, or of cells of tissue.
NOT_A_POPULATION = re.compile(
    r"serum_|nlr|tcr|cd4_tcr|em_cd8_clonal|ncr3_transcript|clonal|singleton|tumour_|til_|dln_|cytolytic|nk_ifng"
)
# The population that a feature of Table 2 counts, where its name is not the id.
COUNTED = {
    "rel_eosinophils": "eosinophils",
    "rel_lymphocytes": "lymphocytes",
    "cd8_proliferation_expansion": "ki67_cd8",
    "ki67_to_tumour_burden": "ki67_cd8",
    "treg_baseline": "treg",
    "treg_on_treatment": "treg",
    "pmn_mdsc_on_treatment": "pmn_mdsc",
    "ifn1_responsiveness_effector_cd4": "effector_cd4",
    "b_cell_abundance": "b_cell",
    "classical_monocytes": "classical_monocyte",
}


def key(one):
    return f"{one.species} {one.population} {one.preference}"


def test_every_definition_names_known_populations_antigens_and_sources():
    for one in ALL:
        known = {population.id for population in populations()}
        assert {one.population, *one.excluding, *one.union} <= known
        assert not one.parent or one.parent in known
        assert {*(sign.antigen for sign in one.signs), *one.needs} <= set(ROLES)
        assert all(SPECIES[sign.antigen] in {"", one.species} for sign in one.signs)
        assert one.source
        for source in one.source:
            assert (
                source in sources()
                or source in {"standard usage", "definition of macroimmune"}
                or re.fullmatch(r"Cell Ontology CL:\d{7}", source)
            )
        assert one.material in {"", "PBMC", "whole blood"}
        assert one.standard in {"", "hipc"}


def test_an_antigen_has_one_sign_in_a_definition_and_unions_have_none():
    for one in ALL:
        assert max(Counter(sign.antigen for sign in one.signs).values(), default=1) == 1
        assert not (one.union and one.signs)
        assert one.optional <= {*one.excluding, *one.union}


def test_no_population_is_all_of_its_parent():
    # Its share would be 100 % in everybody: no feature of anyone.
    for one in ALL:
        is_everything = one.population == "leukocytes"
        assert is_everything or one.signs or one.union or one.excluding, one.phrase


def test_preferences_count_from_one_and_a_population_has_one_kind():
    groups = defaultdict(list)
    for one in ALL:
        groups[one.species, one.population].append(one)
    for group in groups.values():
        assert [one.preference for one in group] == list(range(1, len(group) + 1))
        assert len({one.kind for one in group}) == 1, group[0].population


def test_no_population_needs_itself():
    for species in ("human", "mouse"):
        needs = defaultdict(set)
        for one in population_definitions(species):
            needs[one.population] |= {*filter(None, [one.parent]), *one.excluding, *one.union}
        order = list(TopologicalSorter(needs).static_order())
        assert set(order) == {one.population for one in population_definitions(species)}


def test_lineage_populations_rest_on_lineage_markers_alone():
    for one in ALL:
        kinds = {other.population: other.kind for other in ALL if other.species == one.species}
        needed = {*filter(None, [one.parent]), *one.excluding, *one.union}
        used = {ROLES[sign.antigen] for sign in one.signs}
        assert used <= {"lineage", "state"}
        if one.kind == "lineage":
            assert used <= {"lineage"}
            assert {kinds[name] for name in needed} <= {"lineage"}
        else:
            # Else a stimulated well would show them, by other markers than the one beside it.
            assert "state" in used | {kinds[name] for name in needed}


def test_every_population_of_the_vocabulary_has_a_definition_or_a_reason():
    defined = {one.population for one in ALL}
    assert defined.isdisjoint(NOT_BY_MARKERS)
    assert {one.id for one in populations()} == defined | set(NOT_BY_MARKERS)


def test_every_population_of_table_1_is_defined_for_its_species():
    for line in perturbations():
        defined = {one.population for one in population_definitions(line.species)}
        assert find_population(line.population).id in defined, line.evidence_id


def test_every_population_of_table_2_is_defined():
    defined = {one.population for one in population_definitions("human")}
    features = {line.feature_id for line in biomarkers()}
    assert set(COUNTED) <= features
    counted = {name for name in features if name in COUNTED or not NOT_A_POPULATION.search(name)}
    assert {COUNTED.get(name, name) for name in counted} <= defined
    assert len(counted) > 15


# Fall-backs that count the same cells by another marker.
SAME_CELLS = {"cdc1", "cdc2", "pdc", "eosinophils", "mait", "nkt", "nk", "b_cell", "cd8_t"}
SAME_CELLS |= {"basophils", "non_classical_monocyte", "dendritic_cell"}


def test_fall_backs_say_what_they_cost():
    for one in ALL:
        if one.preference > 1 and one.population not in SAME_CELLS:
            assert one.note, key(one)
