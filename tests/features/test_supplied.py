from macroimmune.features.supplied import supplied_features


def row(feature, value, sample="a@0", unit="index"):
    return {
        "sample_id": sample,
        "participant_id": "a",
        "days_from_treatment_start": 0.0,
        "feature": feature,
        "value": value,
        "unit": unit,
    }


def test_a_supplied_marker_with_an_evidence_id_serves_its_lines(make_study):
    study = make_study(supplied_features=[row("TCR diversity", 8.0), row("my score", 1.0)])
    found = {d.id: d.evidence for d, _ in supplied_features(study)}
    assert found == {"tcr_diversity": ("tcr_diversity",), "my_score": ()}


def test_blood_and_tumour_values_of_one_marker_are_two_features(make_study):
    study = make_study(
        samples=[
            {"sample_id": "b", "participant_id": "a", "compartment": "blood"},
            {"sample_id": "t", "participant_id": "a", "compartment": "tumour"},
        ],
        supplied_features=[row("clonality", 0.1, "b"), row("clonality", 0.3, "t")],
    )
    found = {d.id: d.compartment for d, _ in supplied_features(study)}
    assert found == {"clonality": "blood", "clonality_tumour": "tumour"}
