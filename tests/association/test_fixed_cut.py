import numpy as np
import pytest

from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.fixed_cut import EXACT, METHOD, fixed_cut
from macroimmune.association.values import ParticipantValues
from macroimmune.outcomes import Survival
from macroimmune.schema import ENDPOINTS
from macroimmune.statistics import cox, exact_odds_ratio, log_rank, proportional_hazards

RNG = np.random.default_rng(11)
LEVELS = np.append(RNG.lognormal(1.0, 0.5, 60).round(2), np.nan)
KNOWN = np.array([True] * 50 + [False] * 10 + [True])
SURVIVAL = Survival(time=RNG.exponential(300.0, 51).round() + 1, event=RNG.random(51) < 0.8)


@pytest.fixture
def pair(make_definition):
    values = ParticipantValues(make_definition("nlr"), None, LEVELS, np.log2(LEVELS))
    return values, EndpointData(ENDPOINTS["os"], KNOWN, SURVIVAL, None)


def test_the_p_is_that_of_the_log_rank_test_and_the_ratio_that_of_a_cox_model(pair):
    row, (entry, *more), of_cut = fixed_cut(*pair, 3.0, None)
    above, survival = LEVELS[:50] > 3.0, SURVIVAL.select(np.arange(51) < 50)
    # The order of the groups changes the order of the sums, hence the last digits.
    expected = log_rank(survival, above.astype(str)).p_value
    assert row.p_value == entry.p_value == pytest.approx(expected, rel=1e-12)
    assert row.estimate == cox(survival, above.astype(float)).hazard_ratios[0]
    assert (row.n, row.n_events, row.n_excluded) == (50, survival.n_events, 11)
    assert row.method == entry.method == METHOD
    assert f"{above.sum()} above and {(~above).sum()} up to 3" in row.status
    assert not entry.is_diagnostic
    assert (of_cut.kind, of_cut.cut, of_cut.unit) == ("fixed beforehand", 3.0, "ratio")
    assert (of_cut.n_low, of_cut.n_high) == ((~above).sum(), above.sum())
    assert (of_cut.events_low + of_cut.events_high) == survival.n_events
    assert of_cut.events_high == survival.event[above].sum()
    (hazards,) = more
    assert hazards.is_diagnostic
    check = proportional_hazards(survival, above.astype(float)).p_values[0]
    assert row.proportional_hazards_p_value == hazards.p_value == pytest.approx(check, rel=1e-12)
    assert of_cut.p_value == row.p_value
    assert of_cut.fixed_cut_ratio == row.estimate
    assert of_cut.statistic**2 == pytest.approx(log_rank(survival, above).statistic)
    # Nothing was searched: nothing is apparent, shrunken or resampled.
    searched = (of_cut.apparent_ratio, of_cut.shrunken_ratio, of_cut.cut_ci_low, of_cut.share_near)
    assert np.isnan(searched).all()


def test_few_events_are_told_of(pair):
    values, data = pair
    few = np.zeros(51, dtype=bool)
    few[np.flatnonzero(SURVIVAL.event[:50])[:9]] = True
    rare = EndpointData(data.endpoint, KNOWN, Survival(time=SURVIVAL.time, event=few), None)
    row, _, of_cut = fixed_cut(values, rare, 3.0, None)
    assert "only 9 events: the interval is rough" in row.status
    assert "only" not in fixed_cut(*pair, 3.0, None)[0].status
    assert not of_cut.status


def test_the_median_is_that_of_all_who_have_a_value(pair):
    row, *_ = fixed_cut(*pair, "median", None)
    assert f"median, {np.median(LEVELS[:60]):.4g}" in row.status


def test_a_value_at_the_cut_lies_below_it(pair):
    row, *_ = fixed_cut(*pair, float(LEVELS[0]), None)
    assert f"{(LEVELS[:50] > LEVELS[0]).sum()} above" in row.status


def test_a_cut_that_leaves_one_side_empty_gives_a_status_and_no_number(pair):
    row, (entry, *more), of_cut = fixed_cut(*pair, 1e6, None)
    assert np.isnan(row.p_value)
    assert np.isnan(entry.p_value)
    assert "only one group" in row.status
    assert "only one group" in of_cut.status
    assert (of_cut.n_low, of_cut.n_high) == (50, 0)
    assert more == []


def test_the_median_of_nothing_gives_a_status(make_definition):
    nothing = np.full(61, np.nan)
    values = ParticipantValues(make_definition("nlr"), None, nothing, nothing)
    row, *_ = fixed_cut(
        values, EndpointData(ENDPOINTS["os"], KNOWN, SURVIVAL, None), "median", None
    )
    assert row.n == 0
    assert "no participant with this endpoint" in row.status


OUTCOME = RNG.random(51) < 0.4


@pytest.fixture
def binary(make_definition):
    values = ParticipantValues(make_definition("nlr"), None, LEVELS, np.log2(LEVELS))
    return values, EndpointData(ENDPOINTS["response"], KNOWN, None, OUTCOME)


@pytest.mark.parametrize("stratified", [False, True])
def test_a_binary_endpoint_has_the_exact_odds_ratio_and_fishers_p(binary, stratified):
    strata = np.arange(61) % 2 if stratified else None
    row, (entry,), of_cut = fixed_cut(*binary, 3.0, strata)
    above = LEVELS[:50] > 3.0
    found = exact_odds_ratio(OUTCOME[:50], above, strata=None if strata is None else strata[:50])
    assert (row.estimate, row.ci_low, row.ci_high) == (
        found.odds_ratio, found.ci_low, found.ci_high
    )  # fmt: skip
    assert row.p_value == entry.p_value == of_cut.p_value == found.p_value
    assert row.method == entry.method == of_cut.method == EXACT
    assert (row.effect, row.n, row.n_events) == ("odds_ratio", 50, OUTCOME[:50].sum())
    assert of_cut.events_high == OUTCOME[:50][above].sum()


def test_an_infinite_odds_ratio_is_no_number_and_its_limit_is_said(binary, make_definition):
    levels = np.where(np.append(OUTCOME[:50], np.zeros(11, bool)), 5.0, 2.0)
    values = ParticipantValues(make_definition("nlr"), None, levels, np.log2(levels))
    row, (entry,), of_cut = fixed_cut(values, binary[1], 3.0, None)
    assert np.isnan(row.estimate)
    assert "infinite, above" in of_cut.status
    assert row.p_value == entry.p_value < 1e-6


def test_a_binary_endpoint_with_one_side_empty_has_a_status(binary):
    row, (entry,), of_cut = fixed_cut(*binary, 1e6, None)
    assert np.isnan([row.p_value, row.estimate, of_cut.p_value]).all()
    assert "nothing to compare" in entry.status


# Twenty undetected values: half with a limit below the cut of 3, half with one above it.
BELOW = np.arange(61) % 3 == 0
LIMITS = np.where(np.arange(61) % 2 == 0, 2.0, 4.0)
AT_LIMITS = np.where(BELOW & (np.arange(61) < 60), LIMITS, LEVELS)


@pytest.mark.parametrize("endpoint", ["os", "response"])
def test_an_undetected_value_with_a_limit_above_the_cut_is_on_neither_side(
    make_definition, endpoint
):
    values = ParticipantValues(
        make_definition("nlr"), None, AT_LIMITS, np.log2(AT_LIMITS), below=BELOW
    )
    of_survival = endpoint == "os"
    data = EndpointData(
        ENDPOINTS[endpoint], KNOWN, SURVIVAL if of_survival else None,
        None if of_survival else OUTCOME,
    )  # fmt: skip
    row, _, of_cut = fixed_cut(values, data, 3.0, None)
    unknown = BELOW[:50] & (LIMITS[:50] > 3.0)
    assert unknown.sum() == 8
    above = (AT_LIMITS[:50] > 3.0)[~unknown]
    assert (row.n, row.n_excluded) == (42, 19)
    assert (of_cut.n_low, of_cut.n_high) == ((~above).sum(), above.sum())
    for status in (row.status, of_cut.status):
        assert "8 undetected with a limit above the cut: their side is unknown" in status
    # A limit at the cut or below it leaves no doubt: the value is up to the cut.
    low, *_ = fixed_cut(values, data, 4.0, None)
    assert low.n == 50
    assert "undetected" not in low.status
