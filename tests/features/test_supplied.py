from macroimmune.features import compute_features
from macroimmune.features.supplied import supplied_features


def row(feature, value, sample="a@0", unit="index", day=0.0):
    return {
        "sample_id": sample,
        "participant_id": "a",
        "days_from_treatment_start": day,
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


def test_tissue_lines_answer_to_tumour_and_blood_lines_to_blood(make_study):
    study = make_study(
        samples=[{"sample_id": "t", "participant_id": "a", "compartment": "tumour"}],
        supplied_features=[
            row(name, 1.0, sample)
            for name in ("stem_like_cd8", "tcr_diversity")
            for sample in ("b", "t")
        ],
    )
    assert {d.id: d.evidence for d, _ in supplied_features(study)} == {
        "stem_like_cd8": (),
        "stem_like_cd8_tumour": ("stem_like_cd8",),
        "tcr_diversity": ("tcr_diversity",),
        "tcr_diversity_tumour": (),
    }


def test_a_marker_published_after_treatment_start_is_never_a_baseline(make_study):
    study = make_study(
        supplied_features=[
            row("em_cd8_clonal_expansion", 4.0),
            row("em_cd8_clonal_expansion", 9.0, "a@21", day=21.0),
        ]
    )
    ((definition, frame),) = supplied_features(study)
    assert definition.timing == "on treatment"
    assert frame["value"].to_list() == [None, 9.0]
    assert frame["status"][0].startswith("published after treatment start")
    assert [d.id for d in compute_features(study).computed] == ["em_cd8_clonal_expansion"]


def test_spellings_of_one_marker_are_one_feature_and_units_are_two(make_study):
    study = make_study(
        supplied_features=[
            row("My score", 1.0, unit="index"),
            row("my_score", 2.0, "b@0", unit="index"),
            row("my score", 30.0, unit="percent"),
        ]
    )
    found = {d.id: frame["value"].to_list() for d, frame in supplied_features(study)}
    assert found == {"my_score": [1.0, 2.0], "my_score_percent": [30.0]}


def test_a_marker_of_days_after_the_start_alone_is_one_on_treatment(make_study):
    study = make_study(
        supplied_features=[
            row("expanded", 4.0, "a@21", day=21.0),
            row("clonality", 0.1, "a@0"),
            row("clonality", 0.2, "a@21", day=21.0),
            row("undated", 0.2, "a@x", day=None),
        ]
    )
    assert {d.id: d.timing for d, _ in supplied_features(study)} == {
        "expanded": "on treatment",
        "clonality": "baseline",
        "undated": "baseline",
    }
