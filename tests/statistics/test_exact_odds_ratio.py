import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact, hypergeom

from macroimmune.errors import InputError
from macroimmune.statistics import exact_odds_ratio


def of_table(yes_in, no_in, yes_out, no_out, **said):
    group = np.repeat([True, False], [yes_in + no_in, yes_out + no_out])
    outcome = np.repeat([True, False, True, False], [yes_in, no_in, yes_out, no_out])
    return exact_odds_ratio(outcome, group, **said)


@pytest.mark.parametrize("cut", [-0.5, 0.6, 1.6])
@pytest.mark.parametrize("stratified", ["", " stratified"])
def test_it_equals_r(cohort, expected, cut, stratified):
    strata = cohort["stratum"] if stratified else None
    found = exact_odds_ratio(cohort["response"], cohort["x1"] > cut, strata=strata)
    case = f"x1{stratified} {cut:g}"
    p = expected("exact_odds_ratio", case, "p_value")[0]
    assert found.p_value == pytest.approx(p, rel=1e-9)
    # R finds its roots to 1.2e-4 of the odds ratio or of its inverse.
    ratio = expected("exact_odds_ratio", case, "odds_ratio")[0]
    assert found.odds_ratio == pytest.approx(ratio, rel=1e-3)
    ends = expected("exact_odds_ratio", case, "ci")
    np.testing.assert_allclose([found.ci_low, found.ci_high], ends, rtol=1e-3)


def test_a_separated_table_and_another_level_equal_r(expected):
    found = of_table(8, 0, 3, 9)
    assert found.odds_ratio == found.ci_high == np.inf
    low = expected("exact_odds_ratio", "separated", "ci")[0]
    assert found.ci_low == pytest.approx(low, rel=1e-3)
    found = of_table(8, 2, 3, 9, confidence=0.9)
    ends = expected("exact_odds_ratio", "level 0.9", "ci")
    np.testing.assert_allclose([found.ci_low, found.ci_high], ends, rtol=1e-3)


def test_lady_tasting_tea_by_hand():
    # Three of four right: (16 + 1) / 70 as probable or less to one side, twice by symmetry.
    assert of_table(3, 1, 1, 3).p_value == pytest.approx(34 / 70, rel=1e-12)


@given(*(st.integers(0, 30) for _ in range(4)))
def test_it_is_scipys_p_and_the_ends_have_their_tails(yes_in, no_in, yes_out, no_out):
    found = of_table(yes_in, no_in, yes_out, no_out)
    if found.status:
        assert 0 in {yes_in + no_in, yes_out + no_out, yes_in + yes_out, no_in + no_out}
        return
    p = fisher_exact([[yes_in, no_in], [yes_out, no_out]])[1]
    assert found.p_value == pytest.approx(p, rel=1e-9)
    a = np.arange(min(yes_in + yes_out, yes_in + no_in) + 1)
    plain = hypergeom.pmf(a, found.n, found.n_events, found.n_group)

    def tilted(ratio):
        weight = plain * ratio ** (a - yes_in)
        return weight / weight.sum()

    if found.ci_low > 0:
        assert tilted(found.ci_low)[yes_in:].sum() == pytest.approx(0.025, rel=1e-6)
    if found.ci_high < np.inf:
        assert tilted(found.ci_high)[: yes_in + 1].sum() == pytest.approx(0.025, rel=1e-6)
    if 0 < found.odds_ratio < np.inf:
        assert tilted(found.odds_ratio) @ a == pytest.approx(yes_in, rel=1e-6)


@given(st.integers(0, 400))
def test_swapping_group_or_outcome_inverts_the_ratio_and_empty_strata_add_nothing(seed):
    rng = np.random.default_rng(seed)
    outcome, group = rng.random(40) < 0.5, rng.random(40) < 0.4
    strata = rng.integers(0, 3, 40)
    found = exact_odds_ratio(outcome, group, strata=strata)
    swapped = exact_odds_ratio(~outcome, group, strata=strata)
    more = exact_odds_ratio(
        np.append(outcome, [True, True]), np.append(group, [True, False]), strata=[*strata, 7, 7]
    )
    assert found.p_value == pytest.approx(swapped.p_value, rel=1e-9, nan_ok=True)
    assert more.ci_low == pytest.approx(found.ci_low, rel=1e-9, nan_ok=True)
    if found.ci_low > 0 and found.ci_high < np.inf:
        assert 1 / found.ci_high == pytest.approx(swapped.ci_low, rel=1e-6)
        assert found.ci_low < found.odds_ratio < found.ci_high


def test_a_large_and_strong_table_keeps_its_digits():
    found = of_table(1900, 100, 100, 1900)
    assert found.p_value < 1e-300
    assert found.odds_ratio == pytest.approx(361, rel=0.01)
    assert 260 < found.ci_low < 280
    assert 480 < found.ci_high < 510


@pytest.mark.parametrize("table", [(0, 0, 5, 5), (5, 5, 0, 0), (5, 0, 5, 0), (0, 0, 0, 0)])
def test_nothing_to_compare_is_a_status(table):
    found = of_table(*table)
    assert "nothing to compare" in found.status
    assert np.isnan([found.odds_ratio, found.ci_low, found.ci_high, found.p_value]).all()


def test_bad_input_is_refused():
    yes = np.ones(4, bool)
    with pytest.raises(InputError, match="boolean"):
        exact_odds_ratio(np.ones(4), yes)
    with pytest.raises(InputError, match="one group for each"):
        exact_odds_ratio(yes, yes[:2])
