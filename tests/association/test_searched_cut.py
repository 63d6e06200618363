import numpy as np
import pytest

from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.searched_cut import BINARY, SURVIVAL, searched_cuts
from macroimmune.association.values import ParticipantValues
from macroimmune.outcomes import Survival
from macroimmune.schema import ENDPOINTS
from macroimmune.statistics import cox, firth_cox, screen_cut_points

N = 80
RNG = np.random.default_rng(21)
LEVELS = np.append(RNG.lognormal(1.0, 0.5, N - 1).round(3), np.nan)
KNOWN = np.arange(N) > 3
HAZARD = np.where(LEVELS > 3.0, 3.0, 1.0)
SURVIVAL_OF_KNOWN = Survival(
    time=np.ceil(RNG.exponential(300.0 / HAZARD))[KNOWN], event=RNG.random(N - 4) < 0.8
)
OS = EndpointData(ENDPOINTS["os"], KNOWN, SURVIVAL_OF_KNOWN, None)
RESPONSE = EndpointData(ENDPOINTS["response"], KNOWN, None, (RNG.random(N) < 0.2 * HAZARD)[KNOWN])


@pytest.fixture
def marker(make_definition):
    def build(levels=LEVELS, name="nlr", **said):
        return ParticipantValues(make_definition(name), None, levels, np.log2(levels), **said)

    return build


def test_cut_statistic_and_p_are_those_of_the_kernel_in_the_unit_of_the_feature(marker):
    found = searched_cuts([marker()], OS, None, seed=1)
    (row,), (entry,) = found.rows, found.entries
    screen = screen_cut_points(
        SURVIVAL_OF_KNOWN, LEVELS[KNOWN, None], permutations=2000, rng=np.random.default_rng(0)
    )
    assert (row.cut, row.statistic) == (screen.cuts[0], screen.statistics[0])
    assert row.lausen_schumacher_p_value == screen.p_lausen_schumacher[0]
    assert row.p_value == entry.p_value == pytest.approx(screen.p_permutation[0], abs=0.02)
    assert row.method == entry.method == SURVIVAL
    chosen = KNOWN & ~np.isnan(LEVELS)
    above = LEVELS[chosen] > row.cut
    assert (row.n_low, row.n_high) == (screen.n_low[0], above.sum())
    survival = OS.survival_of(chosen)
    assert row.events_high == survival.event[above].sum()
    apparent = cox(survival, above.astype(float)).hazard_ratios[0]
    assert row.apparent_ratio == apparent
    assert np.log(row.shrunken_ratio) == pytest.approx(
        np.log(apparent) * screen.shrinkage[0], rel=0.06
    )
    assert 1 < row.shrunken_ratio < apparent
    assert row.shrunken_ci_low < row.shrunken_ratio < row.shrunken_ci_high
    assert row.cut_ci_low <= row.cut <= row.cut_ci_high
    assert row.statistic > row.statistic_threshold
    (curve,) = found.curves
    assert curve.y.max() == row.statistic
    assert curve.x[curve.y.argmax()] == row.cut


def test_the_numbers_do_not_depend_on_what_else_is_searched_but_on_the_seed(marker):
    alone = searched_cuts([marker()], OS, None, seed=1).rows[0]
    other = marker(LEVELS[::-1].copy(), "other")
    among = searched_cuts([other, marker()], OS, None, seed=1).rows[1]
    assert alone == among
    again = searched_cuts([marker()], OS, None, seed=2).rows[0]
    assert again.cut == alone.cut
    assert again.shrunken_ci_low != alone.shrunken_ci_low


@pytest.mark.parametrize("stratified", [False, True])
@pytest.mark.parametrize("data", [OS, RESPONSE], ids=lambda data: data.endpoint.id)
def test_strata_and_binary_endpoints_are_searched_too(marker, data, stratified):
    strata = np.arange(N) % 3 if stratified else None
    (row,) = searched_cuts([marker()], data, strata, seed=1).rows
    assert row.method == (BINARY if data is RESPONSE else SURVIVAL)
    assert row.effect == ("odds_ratio" if data is RESPONSE else "hazard_ratio")
    assert 0 < row.p_value < 0.05
    assert 1 < row.shrunken_ratio < row.apparent_ratio
    assert row.shrunken_ci_low < row.shrunken_ci_high
    assert np.isnan(row.lausen_schumacher_p_value) == stratified


def test_a_cut_that_separates_the_events_has_firths_apparent_ratio(marker):
    event = np.zeros(N, bool)
    event[:30] = True
    levels = np.where(event, 1.0 + np.arange(N) / 100, 5.0 + np.arange(N) / 100)
    survival = Survival(time=np.arange(N, 0.0, -1), event=event)
    data = EndpointData(ENDPOINTS["os"], np.ones(N, bool), survival, None)
    (row,) = searched_cuts([marker(levels)], data, None, seed=1).rows
    fit = firth_cox(survival, (levels > row.cut).astype(float))
    assert row.apparent_ratio == pytest.approx(fit.ratio)
    assert "Firth" in row.status


def test_noise_is_called_unstable(marker):
    levels = np.random.default_rng(3).lognormal(size=N)
    (row,) = searched_cuts([marker(levels)], OS, None, seed=1).rows
    assert row.share_near < 0.5
    assert "unstable: only" in row.status


def test_two_values_leave_one_cut_which_is_said(marker):
    levels = np.where(np.arange(N) % 3 == 0, 1.0, 2.0)
    (row,) = searched_cuts([marker(levels)], OS, None, seed=1).rows
    assert row.cut == row.cut_ci_low == row.cut_ci_high == 1.0
    assert "only one cut is possible" in row.status


def test_a_change_is_searched_without_its_baseline_and_says_so(marker):
    (row,) = searched_cuts([marker(baseline=LEVELS)], OS, None, seed=1).rows
    assert "not adjusted for the baseline" in row.status


@pytest.mark.parametrize(
    ("levels", "sentence"),
    [
        (np.full(N, np.nan), "too few"),
        (np.full(N, 2.0), "no cut"),
        (np.where(np.arange(N) < 12, LEVELS, np.nan), "too few"),
    ],
)
def test_what_cannot_be_searched_has_a_status_and_no_number(marker, levels, sentence):
    found = searched_cuts([marker(levels)], OS, None, seed=1)
    (row,), (entry,) = found.rows, found.entries
    assert sentence in row.status
    assert entry.status == row.status
    numbers = (row.cut, row.p_value, row.apparent_ratio, row.shrunken_ratio, row.cut_ci_low)
    assert np.isnan(numbers).all()
    assert (row.n_low, row.n_high, found.curves) == (0, 0, [])


@pytest.mark.parametrize("event", [np.zeros(N, bool), np.ones(N, bool)])
def test_no_events_and_ties_everywhere_are_a_status(marker, event):
    for survival in (None, Survival(time=np.zeros(N), event=event)):
        endpoint = ENDPOINTS["response" if survival is None else "os"]
        data = EndpointData(
            endpoint, np.ones(N, bool), survival, event if survival is None else None
        )
        (row,) = searched_cuts([marker()], data, None, seed=1).rows
        assert "no events" in row.status or "same score" in row.status
        assert np.isnan(row.p_value)


def test_late_entry_is_a_status(marker):
    late = Survival(
        time=SURVIVAL_OF_KNOWN.time + 1, event=SURVIVAL_OF_KNOWN.event, entry=np.zeros(N - 4)
    )
    data = EndpointData(ENDPOINTS["os"], KNOWN, late, None)
    found = searched_cuts([marker()], data, None, seed=1)
    assert "entered late" in found.rows[0].status
    assert np.isnan(found.entries[0].p_value)


def test_nobody_at_a_landmark_is_a_status(marker):
    nobody = EndpointData(
        ENDPOINTS["os"],
        np.zeros(N, bool),
        Survival(time=np.empty(0), event=np.empty(0, bool)),
        None,
    )
    nobody_answered = EndpointData(
        ENDPOINTS["response"], np.zeros(N, bool), None, np.empty(0, dtype=bool)
    )
    for data in (nobody, nobody_answered):
        found = searched_cuts([marker(), marker(name="plr")], data, None, seed=1)
        assert [row.feature for row in found.rows] == ["nlr", "plr"]
        for row, entry in zip(found.rows, found.entries, strict=True):
            assert row.status.startswith("no participant with this endpoint")
            assert entry.status == row.status
            assert np.isnan([row.cut, row.p_value, entry.p_value]).all()


def test_no_cut_below_the_largest_limit_of_an_undetected_value_is_tried(marker):
    # The best cut of all values is near 3; a limit of 4 hides on which side of it some lie.
    below = KNOWN & (np.arange(N) % 4 == 0)
    levels = np.where(below, np.where(np.arange(N) % 8 == 0, 1.0, 4.0), LEVELS)
    found = searched_cuts([marker(levels, below=below)], OS, None, seed=1)
    (row,), (curve,) = found.rows, found.curves
    assert row.cut >= 4.0
    assert curve.x.min() >= 4.0
    assert row.cut_ci_low >= 4.0
    # Nobody is left out, and the undetected are up to the cut.
    assert row.n_low + row.n_high == N - 5
    assert row.n_high == (LEVELS[KNOWN & ~below] > row.cut).sum()
    assert "no cut below 4, the largest limit of an undetected value, was tried" in row.status
    hidden = np.where(below, 1e3, LEVELS)
    (none,) = searched_cuts([marker(hidden, below=below)], OS, None, seed=1).rows
    assert np.isnan(none.cut)
    assert "no cut below 1000" in none.status
