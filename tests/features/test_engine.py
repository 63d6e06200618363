import pytest

from macroimmune.evidence import biomarkers
from macroimmune.features import compute_features, feature_list
from macroimmune.features.catalogue import BLOOD_FEATURES


def count(analyte, value, day=0.0, who="a", unit="10^9/L"):
    return {
        "sample_id": f"{who}@{day}",
        "participant_id": who,
        "days_from_treatment_start": day,
        "analyte": analyte,
        "value": value,
        "unit": unit,
    }


def value(features, name):
    rows = features.frame.filter(feature=name).sort("days_from_treatment_start")
    return rows["value"].to_list()


def test_every_ratio_of_one_full_blood_count_by_hand(make_study):
    rows = [
        count("leukocytes", 8.0),
        count("neutrophils", 5.0),
        count("lymphocytes", 2.0),
        count("monocytes", 0.5),
        count("eosinophils", 0.2),
        count("platelets", 300.0),
    ]
    features = compute_features(make_study(blood_counts=rows))
    assert value(features, "nlr") == [2.5]
    assert value(features, "dnlr") == [pytest.approx(5 / 3)]
    assert value(features, "plr") == [150.0]
    assert value(features, "lmr") == [4.0]
    assert value(features, "sii") == [750.0]
    assert value(features, "rel_lymphocytes") == [25.0]
    assert value(features, "rel_eosinophils") == [2.5]


def test_a_supplied_ratio_stands_in_where_its_parts_are_missing(make_study):
    features = compute_features(make_study(blood_counts=[count("nlr", 3.2, unit="ratio")]))
    assert value(features, "nlr") == [3.2]
    assert features.frame["status"].to_list() == ["as supplied; its parts were not"]


def test_a_missing_part_is_named_and_gives_no_value(make_study):
    rows = [
        count("neutrophils", 5.0),
        count("lymphocytes", 2.0),
        count("neutrophils", 4.0, who="b"),
    ]
    features = compute_features(make_study(blood_counts=rows))
    missing = features.frame.filter(feature="nlr", participant_id="b")
    assert missing["value"].to_list() == [None]
    assert missing["status"].to_list() == ["lymphocytes missing"]


def test_a_later_sample_gives_a_change_that_is_dated_by_it(make_study):
    rows = [
        count("neutrophils", 4.0),
        count("lymphocytes", 2.0),
        count("neutrophils", 9.0, day=42.0),
        count("lymphocytes", 1.5, day=42.0),
    ]
    features = compute_features(make_study(blood_counts=rows))
    changed = features.frame.filter(feature="nlr_change")
    assert changed["value"].to_list() == [3.0]
    assert changed["days_from_treatment_start"].to_list() == [42.0]
    assert features.definition("nlr_change").timing == "change"


def test_a_change_names_the_feature_whose_change_it_is(make_study):
    rows = [count("platelets", 300.0), count("platelets", 200.0, day=21.0)]
    features = compute_features(make_study(blood_counts=rows))
    assert features.definition("platelets_change").baseline_of == "platelets"
    assert features.definition("platelets").baseline_of == ""


def test_a_supplied_feature_never_shares_an_id_with_a_computed_change(make_study):
    rows = [count("platelets", 300.0), count("platelets", 200.0, day=21.0)]
    supplied = {
        "sample_id": "a@21",
        "participant_id": "a",
        "days_from_treatment_start": 21.0,
        "feature": "platelets_change",
        "value": 7.0,
    }
    features = compute_features(make_study(blood_counts=rows, supplied_features=[supplied]))
    ids = [definition.id for definition in features.computed]
    assert len(ids) == len(set(ids))
    assert value(features, "platelets_change") == [pytest.approx(2 / 3)]
    assert value(features, "platelets_change_supplied") == [7.0]


def test_aliases_in_two_tubes_of_one_day_give_one_baseline_in_any_order(make_study):
    def row(analyte, value, sample):
        return {
            "sample_id": sample,
            "participant_id": "a",
            "days_from_treatment_start": 0.0,
            "analyte": analyte,
            "value": value,
            "unit": "pg/mL",
        }

    rows = [row("IL-6", 2.0, "s1"), row("Interleukin 6", 8.0, "s2")]
    one, other = (
        compute_features(make_study(proteins=order)).frame for order in (rows, rows[::-1])
    )
    assert one.equals(other)
    assert one["value"].to_list() == [pytest.approx(4.0)]
    assert one["status"].to_list() == ["mean of 2 values of one day"]


def test_every_line_of_the_evidence_is_computed_or_says_what_it_needs(make_study):
    features = compute_features(make_study())
    spoken = {line for definition, _ in features.missing for line in definition.evidence}
    assert {line.feature_id for line in biomarkers()} <= spoken
    assert all(reason.startswith("needs ") for _, reason in features.missing)
    assert features.computed == ()


def test_the_list_of_features_counts_participants_and_not_samples(make_study):
    rows = [count("platelets", 300.0), count("platelets", 310.0, day=-7.0)]
    listed = feature_list(compute_features(make_study(blood_counts=rows)))
    assert listed.filter(feature="platelets")["n_participants"].to_list() == [1]
    assert listed.filter(feature="nlr")["n_participants"].to_list() == [0]


def test_ids_of_the_catalogue_are_unique():
    ids = [feature.definition.id for feature in BLOOD_FEATURES]
    assert len(ids) == len(set(ids))
