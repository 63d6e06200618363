"""Associations of several cohorts pooled: by hand, and what is not pooled and why."""

import math

import polars as pl
import pytest

from macroimmune.association import pool_cohorts, survival_association
from macroimmune.errors import InputError
from macroimmune.results import conform, empty

Z = 1.959963984540054


@pytest.fixture
def row():
    """Return a function that makes a table `associations` of one row."""

    def build(log=0.4, error=0.1, **said) -> pl.DataFrame:
        known = log is not None
        usual = dict.fromkeys(empty("associations").columns) | {
            **{"feature": "nlr", "endpoint": "os", "scale": "per doubling"},
            **{"effect": "hazard_ratio", "method": "Cox model, continuous", "status": ""},
            **{"n": 100, "n_events": 40},
            "estimate": math.exp(log) if known else None,
            "ci_low": math.exp(log - Z * error) if known else None,
            "ci_high": math.exp(log + Z * error) if known else None,
        }
        return conform("associations", pl.DataFrame([usual | said]))

    return build


def test_three_cohorts_are_pooled_as_on_paper(row):
    # As in the kernel's hand example: mean 0.4, tau squared 0.08, variance of the mean 0.03.
    pooled = pool_cohorts({"A": row(0.1), "B": row(0.4), "C": row(0.7)})
    found = pooled.meta_analysis.row(0, named=True)
    assert found["estimate"] == pytest.approx(math.exp(0.4))
    assert found["ci_low"] == pytest.approx(math.exp(0.4 - 4.302653 * math.sqrt(0.03)), rel=1e-6)
    assert found["tau"] == pytest.approx(math.sqrt(0.08))
    assert (found["k"], found["n"], found["n_events"]) == (3, 300, 120)
    assert found["status"] == ""
    assert found["q_value"] == found["p_value"]
    assert pooled.meta_cohorts["cohort"].to_list() == ["A", "B", "C"]
    assert pooled.meta_cohorts["weight_percent"].to_list() == pytest.approx([100 / 3] * 3)
    assert pooled.meta_cohorts["estimate_without"].null_count() == 3
    assert pooled.ledger.height == 1


def test_an_area_is_pooled_as_a_logit(row):
    def area(logit):
        ends = {"estimate": logit, "ci_low": logit - Z * 0.1, "ci_high": logit + Z * 0.1}
        back = {name: 1 / (1 + math.exp(-value)) for name, value in ends.items()}
        return row(effect="auc", scale="any increasing scale", **back)

    pooled = pool_cohorts({"A": area(0.1), "B": area(0.4), "C": area(0.7)})
    assert pooled.meta_analysis["estimate"][0] == pytest.approx(1 / (1 + math.exp(-0.4)))


def test_two_cohorts_are_shown_and_not_pooled(row):
    pooled = pool_cohorts({"A": row(0.1), "B": row(0.4)})
    found = pooled.meta_analysis.row(0, named=True)
    assert found["status"].startswith("fewer than three cohorts")
    for name in ("estimate", "ci_low", "p_value", "prediction_low", "fixed_estimate", "tau"):
        assert found[name] is None
    assert pooled.meta_cohorts["estimate"].to_list() == pytest.approx([
        math.exp(0.1),
        math.exp(0.4),
    ])


def test_a_refused_row_is_named_as_an_absent_cohort(row):
    tables = {"A": row(0.1), "B": row(None, status="no events"), "C": row(0.2), "D": row(0.5)}
    pooled = pool_cohorts(tables | {"E": empty("associations")})
    assert pooled.meta_analysis["status"][0] == "absent: B, E"
    assert pooled.meta_analysis["k"][0] == 3
    statuses = pooled.meta_cohorts["status"].to_list()
    assert statuses[1] == "absent: no events"
    assert statuses[4].startswith("absent: no such row")


def test_effects_on_different_scales_are_not_pooled(row):
    pooled = pool_cohorts({"A": row(0.1), "B": row(0.2), "C": row(0.3, scale="per SD")})
    found = pooled.meta_analysis.row(0, named=True)
    assert found["status"] == "scales differ (per SD; per doubling): not pooled"
    assert found["estimate"] is None


def test_effects_per_sd_are_pooled_and_say_whose_sd(row):
    pooled = pool_cohorts({name: row(0.3, scale="per SD") for name in "ABC"})
    assert "each cohort's own SD" in pooled.meta_analysis["status"][0]
    assert pooled.meta_analysis["estimate"][0] == pytest.approx(math.exp(0.3))


def listed(unit="g/L", denominator="", compartment="blood") -> pl.DataFrame:
    said = {"feature": "nlr", "unit": unit, "denominator": denominator, "compartment": compartment}
    usual = dict.fromkeys(empty("feature_list").columns)
    return conform("feature_list", pl.DataFrame([usual | said]))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"unit": "g/dL"}, "C: g/dL in blood"),
        ({"unit": "NPX"}, "C: NPX in blood"),
        ({"denominator": "CD8+ T cells"}, "C: g/L of CD8+ T cells in blood"),
        ({"compartment": "tumour"}, "C: g/L in tumour"),
    ],
)
def test_a_feature_in_other_units_is_not_pooled_and_the_status_says_who_has_which(
    row, other, words
):
    lists = {"A": listed(), "B": listed(), "C": listed(**other)}
    pooled = pool_cohorts({name: row(0.1) for name in "ABC"}, lists)
    found = pooled.meta_analysis.row(0, named=True)
    expected = f"measured differently (A: g/L in blood; B: g/L in blood; {words}): not pooled"
    assert found["status"] == expected
    assert found["estimate"] is None
    assert found["p_value"] is None
    assert pooled.meta_cohorts["estimate"].null_count() == 0


def test_two_spellings_of_a_parent_are_one_and_a_silent_cohort_contradicts_none(row):
    lists = {
        "A": listed("percent", "CD8+ T cells"),
        "B": listed("percent", "CD8 T cells"),
        "C": empty("feature_list"),
    }
    pooled = pool_cohorts({name: row(0.1 + 0.1 * k) for k, name in enumerate("ABC")}, lists)
    assert pooled.meta_analysis["status"][0] == ""
    assert pooled.meta_analysis["estimate"][0] == pytest.approx(math.exp(0.2))


def test_a_cohort_that_is_absent_anyway_need_not_share_the_unit(row):
    tables = {"A": row(0.1), "B": row(0.2), "C": row(0.3), "D": row(None, status="no events")}
    lists = {name: listed() for name in "ABC"} | {"D": listed("g/dL")}
    found = pool_cohorts(tables, lists).meta_analysis.row(0, named=True)
    assert found["status"] == "absent: D"
    assert found["k"] == 3


def test_a_penalised_estimate_is_pooled_with_plain_ones(row):
    firth = row(0.3, method="Cox model, continuous, Firth's penalised likelihood")
    found = pool_cohorts({"A": row(0.1), "B": row(0.2), "C": firth}).meta_analysis
    assert (found.height, found["k"][0]) == (1, 3)


def test_a_penalised_estimate_of_a_change_is_pooled_with_those_adjusted_for_baseline(row):
    plain = "Cox model, continuous, adjusted for baseline"
    tables = {
        "A": row(0.1, method=plain),
        "B": row(0.2, method=plain),
        "C": row(0.3, method=survival_association.FIRTH_ADJUSTED),
        "D": row(0.9, method=survival_association.FIRTH),
    }
    found = pool_cohorts(tables).meta_analysis
    assert (found.height, found["k"][0]) == (1, 3)
    assert found["status"][0].startswith("absent: D")


def test_two_models_of_one_effect_are_pooled_apart_each_with_its_own_q_value(row):
    tables = {
        name: pl.concat([row(0.3 + 0.1 * k), row(0.1 * k, method="Cox model, adjusted for age")])
        for k, name in enumerate("ABC")
    }
    pooled = pool_cohorts(tables)
    assert pooled.meta_analysis["estimate"].to_list() == pytest.approx([
        math.exp(0.4),
        math.exp(0.1),
    ])
    assert pooled.meta_analysis["method"].n_unique() == 2
    assert pooled.ledger["q_value"].to_list() == pooled.meta_analysis["q_value"].to_list()
    assert pooled.meta_cohorts["method"].n_unique() == 2


def test_an_effect_without_a_known_scale_is_not_pooled(row):
    tables = {name: row(0.2, effect="something new") for name in "ABC"}
    pooled = pool_cohorts(tables)
    assert pooled.meta_analysis["k"][0] == 0
    assert set(pooled.meta_cohorts["status"]) == {
        "absent: no scale is known on which such effects are pooled"
    }


def test_limits_that_are_no_interval_and_uneven_limits_are_said(row):
    uneven = row(0.3, ci_low=math.exp(0.25), ci_high=math.exp(1.0))
    pooled = pool_cohorts({"A": row(0.1), "B": row(0.2, ci_low=-1.0), "C": uneven, "D": row(0.1)})
    statuses = pooled.meta_cohorts["status"].to_list()
    assert statuses[1] == "absent: the limits are no interval of such an effect"
    assert "not symmetric" in statuses[2]


def test_nothing_in_common_is_refused(row):
    with pytest.raises(InputError, match="no feature and endpoint in common"):
        pool_cohorts({"A": row(0.1), "B": row(0.2, feature="plr")})
