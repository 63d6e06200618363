"""Every feature of the catalogue is complete, and every published biomarker is spoken to."""

import re

import pytest

from macroimmune.evidence import biomarkers, biomarkers_of, find_population, lookup
from macroimmune.features import SCALE_LABELS, compute_features, feature_list
from macroimmune.features.catalogue import (
    BLOOD_FEATURES,
    CHANGE_EVIDENCE,
    MULTICYTOKINE,
    NEEDS,
    ON_TREATMENT_LEVELS,
    POPULATION_EVIDENCE,
)
from macroimmune.features.proteins import PROTEINS
from macroimmune.features.tumour_burden import KI67_TO_BURDEN, TUMOUR_BURDEN
from macroimmune.schema import ANALYTES
from macroimmune.units import UNITS

FIXED = (
    *(item.definition for item in BLOOD_FEATURES),
    MULTICYTOKINE,
    TUMOUR_BURDEN,
    KI67_TO_BURDEN,
)
OWN_UNITS = {"SD", "percent per cm"}
SERVED = {
    *(line for item in FIXED for line in item.evidence),
    *(line for _, _, served in PROTEINS.values() for line in served),
    *(line for served in POPULATION_EVIDENCE.values() for line in served),
    *(line for served in ON_TREATMENT_LEVELS.values() for line in served),
    *(line for served in CHANGE_EVIDENCE.values() for line in served),
}


@pytest.mark.parametrize("definition", FIXED, ids=lambda item: item.id)
def test_a_feature_has_a_name_a_unit_a_scale_and_says_what_it_needs(definition):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", definition.id)
    assert definition.name
    assert definition.unit in UNITS or definition.unit in OWN_UNITS
    assert definition.scale in SCALE_LABELS
    assert re.search(
        r"\((blood_counts|proteins|populations|tumour_measurements)\)", definition.needs
    )


def test_ids_are_unique():
    ids = [item.id for item in FIXED] + list(PROTEINS) + list(POPULATION_EVIDENCE)
    assert len(set(ids)) == len(ids)


def test_the_inputs_of_blood_features_are_declared_analytes():
    for feature in BLOOD_FEATURES:
        for name in (*feature.inputs, feature.supplied):
            assert name in ANALYTES or name in {"", "ldh_upper_limit"}, feature.definition.id


@pytest.mark.parametrize("feature", sorted(SERVED | set(NEEDS)))
def test_every_evidence_id_resolves(feature):
    lines = biomarkers_of(feature)
    assert lines
    for line in lines:
        assert lookup(line.evidence_id) == line


@pytest.mark.parametrize("line", biomarkers(), ids=lambda line: line.evidence_id)
def test_every_published_biomarker_is_computed_or_says_what_it_needs(line):
    assert (line.feature_id in SERVED) != (line.feature_id in NEEDS)


@pytest.mark.parametrize("name", sorted(POPULATION_EVIDENCE))
def test_every_population_with_evidence_is_in_the_vocabulary(name):
    known = find_population(name)
    assert known is not None
    assert known.id == name


def test_a_study_without_any_measurement_lists_every_biomarker_with_what_is_missing(make_study):
    listed = feature_list(compute_features(make_study(participants=[{"participant_id": "a"}])))
    assert set(listed["n_participants"]) == {0}
    assert all(status.startswith("needs ") for status in listed["status"])
    spoken = {name for ids in listed["evidence_ids"] for name in ids.split(";")}
    assert spoken >= {line.feature_id for line in biomarkers()}
    assert not listed["feature"].is_duplicated().any()
