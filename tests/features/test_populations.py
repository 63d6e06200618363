import pytest

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


def test_a_share_of_lymphocytes_times_their_count_is_cells_per_microlitre(make_study):
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
