from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import DatedValues, cox, time_dependent_rows

REFERENCE = Path(__file__).parents[2] / "reference"


def dated(*measurements):
    whose, day, value = (np.array(column) for column in zip(*measurements, strict=True))
    return DatedValues(whose, day.astype(float), value.astype(float))


@pytest.fixture(scope="module")
def measurements():
    tables = [
        pl.read_csv(REFERENCE / "time_dependent" / f"{name}.csv") for name in ("marker", "other")
    ]
    return [DatedValues(*(table[:, column].to_numpy() for column in range(3))) for table in tables]


@pytest.mark.parametrize("case", ["plain", "late entry"])
def test_rows_equal_those_of_tmerge(case, tied, late, measurements, expected):
    found = time_dependent_rows(tied if case == "plain" else late, measurements)
    columns = {
        "id": found.rows.participant,
        "tstart": found.rows.start,
        "tstop": found.rows.stop,
        "death": found.rows.event,
        "marker": found.values[:, 0],
        "other": found.values[:, 1],
    }
    for name, values in columns.items():
        np.testing.assert_array_equal(values, expected("time_dependent", case, name), name)


@pytest.mark.parametrize("model", ["marker", "both", "strata"])
@pytest.mark.parametrize("case", ["plain", "late entry"])
def test_the_time_dependent_model_equals_r(case, model, tied, late, cohort, measurements, expected):
    found = time_dependent_rows(tied if case == "plain" else late, measurements)
    design = np.column_stack([found.values, cohort["x1"][found.rows.participant]])
    design = design if model == "both" else design[:, :1]
    known = ~np.isnan(design).any(axis=1)
    rows = found.rows.select(known)
    strata = cohort["stratum"][rows.participant] if model == "strata" else None
    fit = cox(rows.survival, design[known], strata=strata, cluster=rows.participant)
    answers = {
        "coefficients": fit.coefficients,
        "standard_errors": fit.standard_errors,
        "model_errors": np.sqrt(np.diag(fit.model_covariance)),
    }
    for name, values in answers.items():
        answer = expected("time_dependent", f"{case}/{model}", name)
        np.testing.assert_allclose(values, answer, rtol=1e-6, atol=1e-9)


def test_rows_by_hand():
    # 0 dies on day 10: values on day -3 and 4, one on day 10 and one on day 12 that come too late.
    # 1 enters on day 2: a value of day 2 holds at entry. 2 is never measured. 3 has time zero.
    survival = Survival(
        time=np.array([10.0, 6.0, 5.0]),
        event=np.array([True, False, True]),
        entry=np.array([0.0, 2.0, 0.0]),
    )
    seen = dated((0, 4, 2.0), (0, -3, 1.0), (0, 10, 9.0), (0, 12, 9.0), (1, 2, 5.0))
    found = time_dependent_rows(survival, [seen])
    np.testing.assert_array_equal(found.rows.participant, [0, 0, 1, 2])
    np.testing.assert_array_equal(found.rows.start, [0, 4, 2, 0])
    np.testing.assert_array_equal(found.rows.stop, [4, 10, 6, 5])
    np.testing.assert_array_equal(found.rows.event, [False, True, False, True])
    np.testing.assert_array_equal(found.values[:, 0], [1, 2, 5, np.nan])
    assert (found.n_after_end[0], found.n_on_last_day[0]) == (1, 1)


def test_an_event_on_the_day_of_a_value_does_not_see_it():
    survival = Survival(time=np.array([7.0, 9.0]), event=np.array([True, True]))
    found = time_dependent_rows(survival, [dated((0, 0, 1.0), (0, 7, 5.0), (1, 0, 1.0))])
    np.testing.assert_array_equal(found.values[:, 0], [1, 1])


def test_who_has_no_follow_up_is_counted():
    survival = Survival(time=np.array([0.0, 4.0]), event=np.array([True, True]))
    found = time_dependent_rows(survival, [dated((0, 0, 1.0), (1, 1, 2.0))])
    assert found.n_without_follow_up == 1
    np.testing.assert_array_equal(found.rows.participant, [1, 1])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([0, 0], [1.0, 1.0], [3.0, 4.0]), "two values on day 1"),
        (([0], [np.nan], [3.0]), "lacks its day or value"),
        (([0], [1.0], [np.nan]), "lacks its day or value"),
        (([-1], [1.0], [1.0]), "positions in the cohort"),
        (([0.0], [1.0], [1.0]), "positions in the cohort"),
        (([0, 1], [1.0], [1.0]), "one day and value per measurement"),
    ],
)
def test_measurements_that_cannot_be_are_refused(arguments, words):
    with pytest.raises(InputError, match=words):
        DatedValues(*(np.array(values) for values in arguments))


def test_a_stranger_and_no_covariates_are_refused(tied):
    with pytest.raises(InputError, match="names participant 240"):
        time_dependent_rows(tied, [dated((240, 1, 2.0))])
    with pytest.raises(InputError, match="at least one covariate"):
        time_dependent_rows(tied, [])


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_what_happens_later_never_changes_an_earlier_row(seed, today):
    """Values and follow-up after `today` are drawn anew: all that was known by then stays."""
    rng = np.random.default_rng(seed)
    n = 8
    whose = rng.integers(0, n, 40)
    day = rng.integers(-5, 40, 40).astype(float)
    _, first = np.unique(np.column_stack([whose, day]), axis=0, return_index=True)
    whose, day, value = whose[first], day[first], rng.normal(size=first.size)
    time = rng.integers(1, 40, n).astype(float)
    event = rng.random(n) < 0.6

    later_value = np.where(day >= today, rng.normal(size=day.size), value)
    kept = (day < today) | (rng.random(day.size) < 0.5)
    goes_on = time > today
    later_time = np.where(goes_on, today + rng.integers(1, 40, n), time)
    later_event = np.where(goes_on, rng.random(n) < 0.6, event)

    def known_by_today(time, event, whose, day, value):
        found = time_dependent_rows(
            Survival(time=time, event=event), [DatedValues(whose, day, value)]
        )
        rows = found.rows
        begun = rows.start < today
        stop = np.minimum(rows.stop, today)[begun]
        seen = (rows.event & (rows.stop <= today))[begun]
        return np.column_stack([
            rows.participant[begun],
            rows.start[begun],
            stop,
            seen,
            found.values[begun, 0],
        ])

    one = known_by_today(time, event, whose, day, value)
    other = known_by_today(later_time, later_event, whose[kept], day[kept], later_value[kept])
    np.testing.assert_array_equal(one, other)
