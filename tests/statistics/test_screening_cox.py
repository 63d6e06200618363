import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import cox, firth_cox, screen_cox

FIELDS = {
    "coefficients": "coefficients",
    "standard_errors": "standard_errors",
    "hazard_ratios": "hazard_ratios",
    "ci_low": "ci_low",
    "ci_high": "ci_high",
    "wald_p_values": "p_values",
    "score_statistics": "score_statistic",
    "likelihood_ratio_statistics": "likelihood_ratio_statistic",
}


@pytest.mark.parametrize(("case", "stratified"), [("x1", False), ("x1 strata", True)])
def test_a_screen_equals_r(case, stratified, cohort, tied, expected):
    strata = cohort["stratum"] if stratified else None
    markers = cohort["x"].copy()
    markers[::7, 0] = np.nan
    screen = screen_cox(tied, markers, strata=strata)
    for position in range(3):
        for name in ("coefficients", "standard_errors", "score_statistics"):
            answer = np.squeeze(expected("screening", f"x{position + 1}{case[2:]}", name))
            np.testing.assert_allclose(getattr(screen, name)[position], answer, rtol=1e-6)
        ratio = np.squeeze(expected("screening", f"x{position + 1}{case[2:]}", "ratio"))
        np.testing.assert_allclose(screen.likelihood_ratio_statistics[position], ratio, rtol=1e-6)
        n = np.squeeze(expected("screening", f"x{position + 1}{case[2:]}", "n"))
        assert (screen.n[position], screen.n_events[position]) == tuple(n)


@st.composite
def cohorts(draw):
    n = draw(st.integers(2, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    time = rng.integers(0, draw(st.integers(1, 30)), n).astype(float)
    markers = rng.normal(size=(n, 3))
    markers[:, 1] = rng.integers(0, 2, n)
    markers[rng.random((n, 3)) < draw(st.sampled_from([0.0, 0.3, 1.0]))] = np.nan
    strata = rng.integers(0, 3, n) if draw(st.booleans()) else None
    entry = np.floor(rng.random(n) * (time + 1)) if draw(st.booleans()) else None
    # Nobody enters on the last day; entries at the time of a death are common.
    time = time if entry is None else time + 1
    return Survival(time=time, event=rng.random(n) < 0.6, entry=entry), markers, strata


@settings(max_examples=150)
@given(cohorts())
def test_a_screen_is_the_models_one_at_a_time(drawn):
    survival, markers, strata = drawn
    screen = screen_cox(survival, markers, strata=strata)
    for position in range(markers.shape[1]):
        rows = ~np.isnan(markers[:, position])
        assert screen.n[position] == rows.sum()
        if not rows.any():
            assert "no participant" in screen.status[position]
            continue
        labels = None if strata is None else strata[rows]
        fit = cox(survival.select(rows), markers[rows, position], strata=labels)
        if not fit.status:
            assert not screen.status[position]
            for name, single in FIELDS.items():
                np.testing.assert_allclose(
                    getattr(screen, name)[position],
                    np.squeeze(getattr(fit, single)),
                    rtol=1e-7,
                    atol=1e-9,
                    err_msg=name,
                )
            continue
        assert screen.status[position]
        if screen.is_firth[position]:
            penalised = firth_cox(survival.select(rows), markers[rows, position], strata=labels)
            assert screen.p_values[position] == penalised.p_value
        else:
            assert screen.status[position] == fit.status
            assert np.isnan(screen.coefficients[position])


@pytest.mark.parametrize("k", [3, 6, 10])
def test_a_marker_twenty_times_higher_in_all_who_die_first_has_no_plain_estimate(k):
    # Newton's first steps go so far that the information is what cancellation left, not a maximum.
    number = np.arange(40)
    marker = np.log2(np.where(number < k, 20.0, 1.0) + number * 0.01)
    step = 10.0 if k == 6 else 5.0
    survival = Survival(time=np.where(number < k, 100.0 - step * number, 500.0), event=number < k)
    screen = screen_cox(survival, marker[:, None], penalised=False)
    assert screen.status == (cox(survival, marker).status,)
    assert "monotone likelihood" in screen.status[0]
    assert np.isnan([screen.coefficients[0], screen.standard_errors[0], screen.p_values[0]]).all()


@pytest.mark.parametrize(("case", "stratified"), [("late entry", False), ("late strata", True)])
def test_a_screen_with_late_entry_equals_r(case, stratified, cohort, expected):
    survival = Survival(time=cohort["time"] + 400, event=cohort["event"], entry=cohort["entry"])
    markers = cohort["x"].copy()
    markers[::7, 0] = np.nan
    screen = screen_cox(survival, markers, strata=cohort["stratum"] if stratified else None)
    for position in range(3):
        for name in ("coefficients", "standard_errors", "score_statistics"):
            answer = np.squeeze(expected("screening", f"x{position + 1} {case}", name))
            np.testing.assert_allclose(getattr(screen, name)[position], answer, rtol=1e-6)
        ratio = np.squeeze(expected("screening", f"x{position + 1} {case}", "ratio"))
        np.testing.assert_allclose(screen.likelihood_ratio_statistics[position], ratio, rtol=1e-6)


def test_late_entry_is_fitted_in_the_compiled_loops(monkeypatch, late):
    def refused(*_, **__):
        pytest.fail("a regular biomarker was fitted on the slow way")

    monkeypatch.setattr("macroimmune.statistics.screening_cox.cox", refused)
    markers = np.random.default_rng(5).normal(size=(late.n, 70))
    assert not any(screen_cox(late, markers).status)


def test_an_entry_on_the_day_of_a_death_is_not_at_risk_for_it():
    # Day 2: 1 and 0 are at risk and 1 dies: slope 1 - 1/2, information 1/4. Day 3: 0, 3 and 3 are
    # at risk and 3 dies: slope 3 - 2, information 6 - 4 = 2. Score statistic (3/2)^2 / (9/4) = 1.
    survival = Survival(
        time=np.array([2.0, 4.0, 3.0, 4.0]),
        event=np.array([True, False, True, False]),
        entry=np.array([0.0, 0.0, 2.0, 2.0]),
    )
    screen = screen_cox(survival, np.array([[1.0], [0.0], [3.0], [3.0]]))
    np.testing.assert_allclose(screen.score_statistics[0], 1.0)


def test_a_separating_biomarker_stands_with_firth_among_ordinary_ones():
    rng = np.random.default_rng(4)
    time = np.arange(1.0, 41.0)
    survival = Survival(time=time, event=time <= 20)
    markers = np.column_stack([rng.normal(size=40), np.where(time <= 20, 50 - time, 0.0)])
    screen = screen_cox(survival, markers)
    assert screen.is_firth.tolist() == [False, True]
    assert "Firth" in screen.status[1]
    assert np.isfinite([screen.hazard_ratios[1], screen.p_values[1]]).all()
    assert screen.p_values[1] < 1e-6


def test_each_kind_of_empty_biomarker_says_why():
    n = 12
    markers = np.column_stack([np.full(n, np.nan), np.full(n, 2.5), np.arange(n, dtype=float)])
    nobody = screen_cox(Survival(time=np.zeros(n), event=np.zeros(n, bool)), markers)
    assert [s.split(",")[0] for s in nobody.status] == ["no participant has a value"] + [
        "no events were seen"
    ] * 2
    survival = Survival(time=np.arange(n, dtype=float), event=np.ones(n, bool))
    some = screen_cox(survival, markers)
    assert "does not vary" in some.status[1]
    assert np.isnan(some.hazard_ratios[:2]).all()
    tied = screen_cox(Survival(time=np.ones(n), event=np.ones(n, bool)), markers)
    assert np.isfinite(tied.score_statistics[2])


def test_p_values_without_any_effect_are_uniform():
    rng = np.random.default_rng(17)
    survival = Survival(time=rng.exponential(size=200), event=rng.random(200) < 0.7)
    p = screen_cox(survival, rng.normal(size=(200, 4000))).likelihood_ratio_p_values
    # 4,000 independent looks at 5 %: standard error 0.34 %, and four of them.
    assert abs(np.mean(p < 0.05) - 0.05) < 0.0138


def test_bad_shapes_and_infinite_values_are_refused(tied):
    with pytest.raises(InputError, match="one row of biomarkers"):
        screen_cox(tied, np.ones((3, 2)))
    with pytest.raises(InputError, match="logarithm of zero"):
        screen_cox(tied, np.full((tied.n, 1), -np.inf))
