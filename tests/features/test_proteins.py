import pytest

from macroimmune.features.proteins import protein_features, protein_id


def rows(analyte, values, unit="pg/mL", **more):
    return [
        {
            "sample_id": f"p{number}",
            "participant_id": f"p{number}",
            "days_from_treatment_start": 0.0,
            "analyte": analyte,
            "value": value,
            "unit": unit,
            **{name: column[number] for name, column in more.items()},
        }
        for number, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    "spelling",
    ["IL-8", "IL8", "CXCL8", "cxcl-8", "Interleukin 8 (IL8)", "IL-8 (CXCL8)", "serum_il8"],
)
def test_every_common_spelling_of_il8_is_one_feature(spelling):
    assert protein_id(spelling) == "serum_il8"


def test_npx_and_concentrations_of_one_protein_never_share_a_feature(make_study):
    study = make_study(proteins=rows("IL-6", [1.0, 2.0]) + rows("IL6", [3.0, 4.0], "NPX"))
    found = {
        definition.id: (definition.scale, frame["value"].to_list())
        for definition, frame in protein_features(study)
    }
    assert found == {
        "serum_il6": ("doubling", [1.0, 2.0]),
        "serum_il6_npx": ("npx", [3.0, 4.0]),
    }


def test_an_undetected_value_stands_at_its_limit_and_says_so(make_study):
    study = make_study(proteins=rows("IL-6", [0.5, 2.0, 3.0], below_limit=[True, False, False]))
    ((_, frame),) = protein_features(study)
    assert frame["value"].to_list() == [0.5, 2.0, 3.0]
    assert frame["status"].to_list() == ["undetected: at the limit", "", ""]


def test_a_protein_mostly_undetected_becomes_detected_or_not(make_study):
    study = make_study(proteins=rows("IL-6", [0.5, 0.5, 3.0], below_limit=[True, True, False]))
    ((definition, frame),) = protein_features(study)
    assert definition.scale == "flag"
    assert frame["value"].to_list() == [0.0, 0.0, 1.0]


def test_a_protein_in_mfi_and_in_concentration_gives_two_features(make_study):
    study = make_study(
        proteins=rows("IL-6", [900.0, 800.0, 700.0], "MFI") + rows("IL-6", [1.0, 2.0])
    )
    found = {d.id: (d.unit, frame.height) for d, frame in protein_features(study)}
    assert found == {"serum_il6": ("pg/mL", 2), "serum_il6_mfi": ("MFI", 3)}


def test_values_without_a_unit_that_are_not_all_above_zero_are_no_concentrations(make_study):
    study = make_study(proteins=rows("IL-6", [-0.5, 2.0], None))
    ((definition, frame),) = protein_features(study)
    assert definition.scale == "sd"
    assert all(said.startswith("no unit") for said in frame["status"])


def test_values_without_a_unit_above_zero_say_that_they_have_none(make_study):
    ((definition, frame),) = protein_features(make_study(proteins=rows("IL-6", [0.5, 2.0], None)))
    assert definition.scale == "doubling"
    assert frame["status"].to_list() == ["no unit given", "no unit given"]


def test_detected_or_not_is_decided_by_the_baseline_of_patients_alone(make_study):
    table = rows("IL-6", [5.0, 4.0, 0.5, 0.5, 0.5], below_limit=[False, False, True, True, True])
    table[3]["days_from_treatment_start"] = 21.0
    people = [
        {"participant_id": f"p{number}", "group": "healthy" if number in {2, 4} else "patient"}
        for number in range(5)
    ]
    ((definition, _),) = protein_features(make_study(participants=people, proteins=table))
    assert definition.scale == "doubling"
    ((definition, _),) = protein_features(make_study(proteins=table[2:]))
    assert definition.scale == "flag"
