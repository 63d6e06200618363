import polars as pl
import pytest

from macroimmune.features import compute_features
from macroimmune.features.populations import population_features, population_id


def share(population, value, parent="CD4 T cells", day=0.0, who="a", unit="percent"):
    return {
        "sample_id": f"{who}@{day}",
        "participant_id": who,
        "days_from_treatment_start": day,
        "population": population,
        "parent": parent,
        "value": value,
        "unit": unit,
    }


def count(analyte, value, day=0.0, who="a"):
    return {
        "sample_id": f"{who}@{day}",
        "participant_id": who,
        "days_from_treatment_start": day,
        "analyte": analyte,
        "value": value,
        "unit": "10^9/L",
    }


def values(study):
    return {
        definition.id: frame["value"].to_list() for definition, frame in population_features(study)
    }


@pytest.mark.parametrize("name", ["Treg", "Tregs", "regulatory T cells", "T regulatory cells"])
def test_regulatory_t_cells_are_one_population_under_all_their_names(name):
    assert population_id(name) == "treg"


def test_signs_of_markers_stay_apart_in_ids():
    assert population_id("CD38+ CD4+ odd cells") != population_id("CD38- CD4+ odd cells")


def test_a_share_other_shares_times_their_count_is_cells_per_microlitre(make_study):
    study = make_study(
        populations=[share("CD4 T cells", 40.0, parent="lymphocytes")],
        blood_counts=[count("lymphocytes", 1.5)],
    )
    # 40 % of 1.5 x 10^9/L = 1,500 cells/uL is 600 cells/uL.
    (per_ul,) = [v for name, v in values(study).items() if name.endswith("_per_ul")]
    assert per_ul == [pytest.approx(600.0)]


def test_a_chain_of_parents_leads_to_the_count(make_study):
    study = make_study(
        populations=[share("CD4 T cells", 40.0, parent="lymphocytes"), share("Treg", 5.0)],
        blood_counts=[count("lymphocytes", 1.5)],
    )
    assert values(study)["treg_per_ul"] == [pytest.approx(30.0)]


def test_a_count_of_another_day_gives_no_cells_per_microlitre(make_study):
    study = make_study(
        populations=[share("CD4 T cells", 40.0, parent="lymphocytes")],
        blood_counts=[count("lymphocytes", 1.5, day=-3.0)],
    )
    assert not [name for name in values(study) if name.endswith("_per_ul")]


def test_a_circle_of_parents_ends(make_study):
    study = make_study(
        populations=[share("X", 40.0, parent="Y"), share("Y", 40.0, parent="X")],
        blood_counts=[count("lymphocytes", 1.5)],
    )
    assert set(values(study)) == {"x", "y"}


def test_the_same_population_of_two_parents_gives_two_features(make_study):
    study = make_study(
        populations=[
            share("Treg", 5.0),
            share("Treg", 6.0, who="b"),
            share("Treg", 1.0, parent="PBMC"),
        ]
    )
    found = values(study)
    assert found["treg"] == [5.0, 6.0]
    assert found["treg_of_pbmc"] == [1.0]


TWO_PARENTS = [
    share("Treg", 2.0, parent="lymphocytes"),
    share("Treg", 2.0, parent="lymphocytes", who="b"),
    share("Treg", 6.0),
    share("CD4 T cells", 100 / 3, parent="lymphocytes"),
    share("CD4 T cells", 667.0, parent=None, unit="cells/uL"),
    share("CD4 T cells", 667.0, parent=None, unit="cells/uL", who="b"),
]


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5), (5, 4, 3, 2, 1, 0), (3, 2, 5, 0, 4, 1)])
def test_cells_per_microlitre_use_the_parent_of_their_own_rows_in_any_order(make_study, order):
    study = make_study(
        populations=[TWO_PARENTS[number] for number in order],
        blood_counts=[count("lymphocytes", 2.0), count("lymphocytes", 2.0, who="b")],
    )
    found = values(study)
    assert found["treg_per_ul"] == [pytest.approx(40.0)] * 2
    assert found["treg_of_cd4_t_cells_per_ul"] == [pytest.approx(40.0)]


def test_the_denominator_is_kept_as_the_study_writes_it(make_study):
    study = make_study(populations=[share("Treg", 2.0, parent="CD4+ T")])
    ((definition, _),) = population_features(study)
    assert definition.denominator == "CD4+ T"


@pytest.mark.parametrize(
    ("parent", "material", "per_ul"),
    [
        ("live CD45+", "PBMC", 50.0),
        ("live CD45+", "whole blood", 160.0),
        ("live CD45+", None, None),
        ("leukocytes", "PBMC", 50.0),
        ("leukocytes", None, 160.0),
    ],
)
def test_what_cd45_cells_are_depends_on_the_material(make_study, parent, material, per_ul):
    study = make_study(
        samples=[{"sample_id": "a@0.0", "participant_id": "a", "material": material}],
        populations=[share("Treg", 2.0, parent=parent)],
        blood_counts=[count("lymphocytes", 2.0), count("monocytes", 0.5), count("leukocytes", 8.0)],
    )
    frame = {d.id: frame for d, frame in population_features(study)}["treg_per_ul"]
    assert frame["value"].to_list() == [per_ul if per_ul is None else pytest.approx(per_ul)]
    assert ("samples.material" in frame["status"][0]) is (per_ul is None)


def test_rows_per_microlitre_stand_in_the_order_of_the_shares(make_study):
    people = [f"p{number}" for number in range(400)]
    study = make_study(
        participants=[{"participant_id": one} for one in people],
        samples=[
            {
                "sample_id": one,
                "participant_id": one,
                "days_from_treatment_start": 0.0,
                "compartment": "blood",
                "material": "PBMC",
            }
            for one in people
        ],
        blood_counts=[
            {
                "sample_id": one,
                "participant_id": one,
                "days_from_treatment_start": 0.0,
                "analyte": analyte,
                "value": 1.0,
                "unit": "10^9/L",
            }
            for one in reversed(people)
            for analyte in ("lymphocytes", "monocytes")
        ],
        populations=[
            {
                "sample_id": one,
                "participant_id": one,
                "days_from_treatment_start": 0.0,
                "population": population,
                "parent": parent,
                "value": 10.0,
                "unit": "percent",
            }
            for one in people
            for population, parent in (("CD4 T cells", "PBMC"), ("Treg", "CD4 T cells"))
        ],
    )
    for definition, rows in population_features(study):
        if definition.id.endswith("_per_ul"):
            assert rows["participant_id"].to_list() == people, definition.id


def test_one_feature_serves_the_evidence_on_a_population_that_is_the_same_cells(make_study):
    study = make_study(populations=[share("Treg", 2.0)])
    measured = study.tables["populations"].with_columns(
        pl.lit(value=True).alias("is_measured"), pl.lit("treg_naive_effector").alias("also")
    )
    alone = make_study(populations=[])
    (feature,) = (one for one in compute_features(alone, measured).computed if one.id == "treg")
    assert feature.evidence == ("treg_baseline", "treg_naive_effector")
    (supplied,) = (one for one in compute_features(study).computed if one.id == "treg")
    assert supplied.evidence == ("treg_baseline",)
