from macroimmune.features import compute_features

PLACES = ("blood", "tumour")


def samples():
    return [{"sample_id": place, "participant_id": "a", "compartment": place} for place in PLACES]


def row(place, value, **words):
    return {
        "sample_id": place,
        "participant_id": "a",
        "days_from_treatment_start": -1.0,
        "value": value,
    } | words


def found(study):
    features = compute_features(study)
    values = features.frame.select("feature", "compartment", "value").rows()
    return {name: (compartment, value) for name, compartment, value in values}


def test_a_population_of_tumour_is_never_mixed_with_that_of_blood(make_study):
    words = {"population": "Treg", "parent": "CD4 T cells", "unit": "percent"}
    study = make_study(
        samples=samples(),
        populations=[row("tumour", 40.0, **words), row("blood", 5.0, **words)],
    )
    assert found(study) == {"treg": ("blood", 5.0), "treg_tumour": ("tumour", 40.0)}
    features = compute_features(study)
    assert features.definition("treg").evidence == ("treg_baseline",)
    assert features.definition("treg_tumour").evidence == ()


def test_proteins_assays_and_counts_keep_their_compartment(make_study):
    protein = {"analyte": "IL-6", "unit": "pg/mL"}
    assay = {"readout": "IFN-gamma", "effector": "NK", "target": "DC", "unit": "pg/mL"}
    count = {"analyte": "lymphocytes", "unit": "10^9/L"}
    study = make_study(
        samples=samples(),
        proteins=[row("tumour", 8.0, **protein), row("blood", 2.0, **protein)],
        functional_assays=[row("tumour", 9.0, **assay), row("blood", 3.0, **assay)],
        blood_counts=[row("tumour", 7.0, **count), row("blood", 1.0, **count)],
    )
    assert found(study) == {
        "serum_il6": ("blood", 2.0),
        "serum_il6_tumour": ("tumour", 8.0),
        "assay_nk_ifn_gamma_dc": ("blood", 3.0),
        "assay_nk_ifn_gamma_dc_tumour": ("tumour", 9.0),
        "lymphocytes": ("blood", 1.0),
        "lymphocytes_tumour": ("tumour", 7.0),
    }
    evidence = {d.id: d.evidence for d in compute_features(study).computed if d.evidence}
    assert evidence == {"serum_il6": ("serum_il6",), "assay_nk_ifn_gamma_dc": ("nk_ifng",)}


def test_tissue_shares_never_give_cells_per_microlitre(make_study):
    words = {"population": "CD8 T cells", "parent": "lymphocytes", "unit": "percent"}
    counts = [row("blood", 2.0, analyte="lymphocytes", unit="10^9/L")]
    study = make_study(
        samples=samples(), populations=[row("tumour", 40.0, **words)], blood_counts=counts
    )
    assert not [name for name in found(study) if "per_ul" in name]
