"""The ready studies, run whole, give the figures that are published for these cohorts."""

import pytest

from macroimmune.association import associate, study_summary
from macroimmune.datasets import write_study
from macroimmune.features import compute_features
from macroimmune.workflow import open_study

pytestmark = pytest.mark.data


@pytest.fixture
def opened(public_data, tmp_path):
    """Return a function that opens a ready study by name."""
    assert public_data.is_dir()
    return lambda name: open_study(write_study(name, tmp_path / name))


def found_in(study):
    return associate(study, compute_features(study))


def hazard_ratio(found, feature, endpoint, method="Cox model, continuous"):
    (row,) = found.associations.filter(feature=feature, endpoint=endpoint, method=method).iter_rows(
        named=True
    )
    return row


def rounded(row):
    return tuple(round(row[name], 2) for name in ("estimate", "ci_low", "ci_high"))


@pytest.mark.parametrize(
    ("name", "n", "expected"),
    [
        ("chowell-train", 964, (1.48, 1.37, 1.60)),
        ("chowell-test", 515, (1.59, 1.41, 1.80)),
        ("msk-no-ici", 841, (2.17, 1.93, 2.43)),
    ],
)
def test_nlr_per_doubling_and_overall_survival(opened, name, n, expected):
    row = hazard_ratio(found_in(opened(name)), "nlr", "os")
    assert rounded(row) == expected
    assert (row["n"], row["scale"]) == (n, "per doubling")


def test_nlr_with_and_without_checkpoint_inhibitors_is_not_called_predictive(opened):
    found = found_in(opened("chowell-against-no-ici"))
    (row,) = found.predictive.filter(feature="nlr", endpoint="os").iter_rows(named=True)
    interval = (row["interaction_hazard_ratio"], row["ci_low"], row["ci_high"])
    assert tuple(round(value, 2) for value in interval) == (0.73, 0.64, 0.84)
    assert row["n"] == 2320
    assert row["verdict"] == (
        "associated with survival in both; effect modification HR x 0.73 [0.64 to 0.84] in a "
        "non-randomised comparison; predictive value cannot be established"
    )


def test_prince_survival_by_randomised_arm_and_baseline_interleukins(opened):
    study = opened("prince")
    assert study.participants.height == 105
    duplicates = [finding for finding in study.findings if finding.code == "duplicate-rows"]
    assert len(duplicates) == 303
    (survival,) = [item for item in study_summary(study)["endpoints"] if item["id"] == "os"]
    by_arm = {row["arm"]: round(100 * row["survival"], 1) for row in survival["one_year"]}
    assert by_arm == {"A1": 57.3, "B2": 48.1, "C2": 41.3}
    found = found_in(study)
    il6 = hazard_ratio(found, "serum_il6_npx", "os")
    il8 = hazard_ratio(found, "serum_il8_npx", "os")
    assert (rounded(il6), il6["n"], il6["scale"]) == ((1.57, 1.27, 1.93), 101, "per NPX")
    assert (rounded(il8), il8["n"], il8["scale"]) == ((1.30, 1.10, 1.53), 100, "per NPX")


def test_expanded_tumour_clones_and_tumour_t_cells_of_those_with_durable_benefit(opened):
    found = found_in(opened("hammerlab-urothelial"))
    method = "area under the ROC curve, DeLong"
    ranks = {}
    for feature in ("expanded_tumour_clones_a_to_b", "t_cell_fraction_tumour"):
        row = hazard_ratio(found, feature, "durable_clinical_benefit", method)
        ranks[feature] = (
            row["landmark_days"],
            row["mann_whitney_u"],
            round(row["mann_whitney_p_value"], 4),
            (row["n_events"], row["n"] - row["n_events"]),
        )
        pairs = row["n_events"] * (row["n"] - row["n_events"])
        assert row["estimate"] == pytest.approx(row["mann_whitney_u"] / pairs)
    assert ranks == {
        "expanded_tumour_clones_a_to_b": (21.0, 89.5, 0.0225, (8, 14)),
        "t_cell_fraction_tumour": (None, 97.0, 0.0466, (8, 16)),
    }


def test_blood_clonality_above_its_median_and_survival(opened):
    study = opened("hammerlab-urothelial")
    codes = {finding.code for finding in study.findings}
    assert {"encoding", "line-endings"} <= codes
    found = found_in(study)
    method = "log-rank test, cut fixed beforehand"
    p_values = {
        endpoint: round(hazard_ratio(found, "tcr_clonality", endpoint, method)["p_value"], 4)
        for endpoint in ("os", "pfs")
    }
    assert p_values == {"os": 0.0113, "pfs": 0.0484}
    assert "14 above and 15 up to" in hazard_ratio(found, "tcr_clonality", "os", method)["status"]
