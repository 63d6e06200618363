import numpy as np
import pytest

from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.fixed_cut import METHOD, fixed_cut
from macroimmune.association.values import ParticipantValues
from macroimmune.outcomes import Survival
from macroimmune.schema import ENDPOINTS
from macroimmune.statistics import cox, log_rank

RNG = np.random.default_rng(11)
LEVELS = np.append(RNG.lognormal(1.0, 0.5, 60).round(2), np.nan)
KNOWN = np.array([True] * 50 + [False] * 10 + [True])
SURVIVAL = Survival(time=RNG.exponential(300.0, 51).round() + 1, event=RNG.random(51) < 0.8)


@pytest.fixture
def pair(make_definition):
    values = ParticipantValues(make_definition("nlr"), None, LEVELS, np.log2(LEVELS))
    return values, EndpointData(ENDPOINTS["os"], KNOWN, SURVIVAL, None)


def test_the_p_is_that_of_the_log_rank_test_and_the_ratio_that_of_a_cox_model(pair):
    row, entry = fixed_cut(*pair, 3.0, None)
    above, survival = LEVELS[:50] > 3.0, SURVIVAL.select(np.arange(51) < 50)
    # The order of the groups changes the order of the sums, hence the last digits.
    expected = log_rank(survival, above.astype(str)).p_value
    assert row.p_value == entry.p_value == pytest.approx(expected, rel=1e-12)
    assert row.estimate == cox(survival, above.astype(float)).hazard_ratios[0]
    assert (row.n, row.n_events, row.n_excluded) == (50, survival.n_events, 11)
    assert row.method == entry.method == METHOD
    assert f"{above.sum()} above and {(~above).sum()} up to 3" in row.status
    assert not entry.is_diagnostic


def test_the_median_is_that_of_all_who_have_a_value(pair):
    row, _ = fixed_cut(*pair, "median", None)
    assert f"median, {np.median(LEVELS[:60]):.4g}" in row.status


def test_a_value_at_the_cut_lies_below_it(pair):
    row, _ = fixed_cut(*pair, float(LEVELS[0]), None)
    assert f"{(LEVELS[:50] > LEVELS[0]).sum()} above" in row.status


def test_a_cut_that_leaves_one_side_empty_gives_a_status_and_no_number(pair):
    row, entry = fixed_cut(*pair, 1e6, None)
    assert np.isnan(row.p_value)
    assert np.isnan(entry.p_value)
    assert "only one group" in row.status


def test_the_median_of_nothing_gives_a_status(make_definition):
    nothing = np.full(61, np.nan)
    values = ParticipantValues(make_definition("nlr"), None, nothing, nothing)
    row, _ = fixed_cut(values, EndpointData(ENDPOINTS["os"], KNOWN, SURVIVAL, None), "median", None)
    assert row.n == 0
    assert "no participant with this endpoint" in row.status
