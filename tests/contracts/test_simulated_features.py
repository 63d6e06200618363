"""Features of virtual people have the ids and scales of those that an analysis computes."""

from macroimmune.features.catalogue import BLOOD_FEATURES, NEEDS
from macroimmune.features.populations import population_id
from macroimmune.features.proteins import PROTEINS
from macroimmune.features.scales import SCALE_LABELS
from macroimmune.simulator.features import DETECTED, DOUBLING, FEATURES
from macroimmune.simulator.populations import POPULATIONS


def test_blood_features_are_computed_and_scaled_alike():
    computed = {item.definition.id: item.definition for item in BLOOD_FEATURES}
    # No laboratory states its upper limit in a virtual study.
    assert set(computed) - set(FEATURES) == {"ldh_ratio"}
    for name, definition in computed.items():
        if name in FEATURES:
            assert FEATURES[name].scale == SCALE_LABELS[definition.scale]


def test_proteins_have_the_ids_of_the_analysis_and_its_scale_of_concentrations():
    proteins = {name for name in FEATURES if name.startswith("serum_")} - {"serum_ldh"}
    assert proteins <= set(PROTEINS)
    assert {FEATURES[name].scale for name in proteins} == {DOUBLING, DETECTED}
    assert SCALE_LABELS["flag"] == DETECTED


def test_populations_have_the_ids_of_the_analysis_and_the_scale_of_shares():
    for name in POPULATIONS:
        assert population_id(name) == name
        assert FEATURES[name].scale == SCALE_LABELS["share"]


def test_what_is_reported_under_another_id_is_known_to_the_evidence_by_it():
    reported = {feature.reported for feature in FEATURES.values() if feature.reported}
    assert reported == {"ifn1_responsiveness_effector_cd4"}
    assert reported <= set(NEEDS)
