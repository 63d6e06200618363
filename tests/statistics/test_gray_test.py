import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import gray_test, log_rank


@pytest.mark.parametrize("of", [1, 2])
@pytest.mark.parametrize("grouped", ["x3", "group", "stratum", "x3 strata", "group strata"])
@pytest.mark.parametrize("times", ["time", "fine_time"])
def test_statistic_and_p_equal_r(times, grouped, of, cohort, expected):
    cause = expected("gray_test", "cohort", "cause").astype(int)
    survival = Survival(time=cohort[times].astype(float), event=cause > 0)
    strata = cohort["stratum"] if grouped.endswith("strata") else None
    found = gray_test(survival, cause, cohort[grouped.split()[0]], of=of, strata=strata)
    for name in ("statistic", "p_value", "degrees_of_freedom"):
        (answer,) = expected("gray_test", f"{times} {grouped} {of}", name)
        assert getattr(found, name) == pytest.approx(answer, rel=1e-8), name


def drawn(seed, n=60):
    rng = np.random.default_rng(seed)
    cause = rng.integers(0, 3, n)
    survival = Survival(time=rng.integers(0, 15, n).astype(float), event=cause > 0)
    return survival, cause, rng.choice(["a", "b", "c"], n)


@given(st.integers(0, 300))
def test_the_names_of_groups_and_the_unit_of_time_do_not_matter(seed):
    survival, cause, group = drawn(seed)
    found = gray_test(survival, cause, group)
    renamed = np.array([{"a": "z", "b": "y", "c": "x"}[one] for one in group])
    months = Survival(time=survival.time / 30.4, event=survival.event)
    for other in (gray_test(survival, cause, renamed), gray_test(months, cause, group)):
        assert other.statistic == pytest.approx(found.statistic, rel=1e-6)
    assert found.group_n.sum() == found.n
    assert (found.group_events.sum(), found.group_competing.sum()) == (
        found.n_events,
        found.n_competing,
    )


def test_by_hand_without_competing_events_and_censoring():
    # Events on days 1 (a) and 2 (b), one in each group: R is one each on day 1, then b alone.
    # Expected in a: 1/2; the contrast of a is 1/2 on day 1 in both groups and zero afterwards.
    survival = Survival(time=np.array([1.0, 2.0]), event=np.ones(2, bool))
    found = gray_test(survival, [1, 1], ["a", "b"])
    # Day 1: (1/2)^2 * 1/2 from each group; nothing is to come. Score 1/2 squared over 1/4 is 1.
    assert found.statistic == pytest.approx(1.0)


def test_deaths_that_come_first_are_seen_where_the_rates_of_relapse_are_equal():
    # The rate of relapse is one in both groups; in group b death comes first in every second.
    rng = np.random.default_rng(2)
    n = 600
    group = np.repeat(["a", "b"], n // 2)
    relapse, end = rng.exponential(1.0, n), rng.uniform(0.5, 2.0, n)
    death = rng.exponential(np.where(group == "a", 10.0, 1.0), n)
    time = np.minimum(np.minimum(relapse, death), end)
    cause = np.where(time == end, 0, np.where(time == relapse, 1, 2))
    assert gray_test(Survival(time=time, event=cause > 0), cause, group).p_value < 1e-4
    by_rate = log_rank(Survival(time=time, event=cause == 1), group)
    assert by_rate.p_value > 0.05


def test_what_cannot_be_tested_has_a_sentence():
    time = np.array([0.0, 1.0, 2.0, 3.0])
    seen, labels = Survival(time=time, event=np.ones(4, bool)), ["a", "a", "b", "b"]
    alive = Survival(time=time, event=np.zeros(4, bool))
    nobody = Survival(time=np.empty(0), event=np.empty(0, bool))
    cases = (
        (gray_test(seen, [1, 2, 1, 2], ["a"] * 4), "only one group"),
        (gray_test(seen, [2, 2, 2, 2], labels), "nobody had an event of cause 1"),
        (gray_test(alive, [0, 0, 0, 0], labels), "nobody had an event of cause 1"),
        (gray_test(seen, [1, 1, 1, 1], labels, strata=labels), "never at risk together"),
        (gray_test(nobody, np.empty(0, int), np.empty(0, str)), "only one group"),
    )
    for found, sentence in cases:
        assert sentence in found.status
        assert np.isnan(found.statistic)
        assert np.isnan(found.p_value)
    # All events of one group on one day leave its curve of being free at zero.
    same = Survival(time=np.array([1.0, 1.0, 2.0, 2.0]), event=np.ones(4, bool))
    assert np.isfinite(gray_test(same, [1, 1, 1, 2], labels).statistic)


def test_disagreement_is_refused():
    with pytest.raises(InputError, match="disagree in 1"):
        gray_test(Survival(time=np.ones(2), event=np.ones(2, bool)), [1, 0], ["a", "b"])
    with pytest.raises(InputError, match="text without gaps"):
        gray_test(Survival(time=np.ones(2), event=np.ones(2, bool)), [1, 2], [0.5, 1.5])
