import numpy as np

from macroimmune.features.multicytokine import multicytokine
from macroimmune.features.proteins import protein_features

WINDOW = (-42.0, 0.0)


def study_of(make_study, table):
    return make_study(
        proteins=[
            {
                "sample_id": f"p{who}",
                "participant_id": f"p{who}",
                "days_from_treatment_start": 0.0,
                "analyte": analyte,
                "value": float(value),
                "unit": "pg/mL",
            }
            for analyte, values in table.items()
            for who, value in enumerate(values)
        ]
    )


def test_three_cytokines_that_double_together_give_their_common_z_score(make_study):
    table = {"IL-6": [1, 2, 4], "IL-8": [10, 20, 40], "TNF": [3, 6, 12]}
    found = multicytokine(protein_features(study_of(make_study, table)), WINDOW)
    # On log2 each is -1, 0, 1 around its mean, with SD 1.
    np.testing.assert_allclose(found.sort("participant_id")["value"].to_numpy(), [-1.0, 0.0, 1.0])


def test_two_cytokines_are_too_few(make_study):
    table = {"IL-6": [1, 2, 4], "IL-8": [10, 20, 40], "albumin": [3, 6, 12]}
    assert multicytokine(protein_features(study_of(make_study, table)), WINDOW).is_empty()


def test_spellings_of_one_cytokine_count_once(make_study):
    table = {"IL-1b": [1, 2, 4], "IL1b": [1, 2, 4], "TNF": [3, 6, 12]}
    assert multicytokine(protein_features(study_of(make_study, table)), WINDOW).is_empty()
    more = table | {"IL-6": [4, 2, 1]}
    found = multicytokine(protein_features(study_of(make_study, more)), WINDOW)
    # IL-1b and TNF rise from -1 to 1 while IL-6 falls: (1 + 1 - 1) / 3 of a standard deviation.
    np.testing.assert_allclose(
        found.sort("participant_id")["value"].to_numpy(), [-1 / 3, 0, 1 / 3], atol=1e-12
    )
