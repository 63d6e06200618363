from macroimmune.features.functional_assays import functional_features


def assay(value, **more):
    return {
        "sample_id": "a@0",
        "participant_id": "a",
        "days_from_treatment_start": 0.0,
        "readout": "IFN-gamma",
        "unit": "percent",
        "value": value,
        **more,
    }


def test_each_effector_to_target_ratio_is_a_feature_of_its_own(make_study):
    study = make_study(
        functional_assays=[
            assay(
                10.0, effector="NK", readout="killing", target="K562", effector_target_ratio=10.0
            ),
            assay(
                30.0, effector="NK", readout="killing", target="K562", effector_target_ratio=50.0
            ),
        ]
    )
    ids = [definition.id for definition, _ in functional_features(study)]
    assert ids == ["assay_nk_killing_k562_10_to_1", "assay_nk_killing_k562_50_to_1"]


def test_interferon_of_nk_cells_after_dendritic_cells_serves_the_evidence(make_study):
    study = make_study(
        functional_assays=[assay(5.0, effector="NK cells", stimulus="autologous DC")]
    )
    ((definition, _),) = functional_features(study)
    assert definition.evidence == ("nk_ifng",)


def test_interferon_of_t_cells_does_not(make_study):
    study = make_study(functional_assays=[assay(5.0, effector="CD8 T cells", stimulus="PMA")])
    ((definition, _),) = functional_features(study)
    assert definition.evidence == ()
