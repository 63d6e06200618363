"""Published worked examples, R's Hmisc, and laws of sample sizes."""

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import (
    event_proportion,
    interaction_information,
    kept_information,
    participants_needed,
    power_at,
    smallest_log_ratio,
)

REFERENCE = Path(__file__).parents[2] / "reference" / "power" / "expected.csv"
SHARES = st.floats(0.05, 0.95)


def reference(case: str) -> float:
    with REFERENCE.open(encoding="utf-8") as stream:
        return next(float(row["value"]) for row in csv.DictReader(stream) if row["case"] == case)


def test_the_example_of_hsieh_and_lavori():
    # Page 557, as powerSurvEpi's help of ssizeEpiCont.default gives it: log10 of blood urea
    # nitrogen in multiple myeloma, 107 of two-sided 10 % (their one-sided 5 %).
    information = 0.738 * 0.3126**2 * kept_information(adjusted_r2=0.1837)
    found = participants_needed(1.0, information, power=0.806, alpha=0.1)
    assert math.ceil(found) == 107


def test_the_example_of_hsieh_bloch_and_larsen():
    # Table II, balanced design 1, as powerMediation's help of SSizeLogisticCon gives it.
    assert round(participants_needed(0.405, 0.25, power=0.95)) == 317


def test_one_hundred_and_ninety_one_deaths_show_a_ratio_of_one_and_a_half_between_two_arms():
    # Therneau, r-help, 18 July 2012: 191 deaths, of arms of equal size; SD 0.5 of a 0/1 covariate.
    assert round(participants_needed(0.5 * math.log(1.5), 1.0)) == 191


def test_an_interaction_of_two_levels_has_the_power_that_peterson_and_george_give_it():
    # The case of reference/power/power.R: deaths over 2 years by a constant hazard.
    def deaths(mortality: float) -> float:
        median = 2.0 * math.log(2.0) / -math.log1p(-mortality)
        return event_proportion([(median, 1.0)], enrolment=1.5, follow_up=1.0)

    def log_hazard(mortality: float) -> float:
        return math.log(-math.log1p(-mortality))

    strata = ((0.3, 0.3 * 0.9), (0.4, 0.4 * 0.55))
    within = [interaction_information(0.5, deaths(b), deaths(a)) for a, b in strata]
    ratios = [log_hazard(b) - log_hazard(a) for a, b in strata]
    information = interaction_information(0.6, within[1], within[0])
    power = power_at(ratios[1] - ratios[0], information, 500, 0.05)
    assert power == pytest.approx(reference("ciapower"), abs=1e-9)


def test_an_interaction_needs_four_times_the_participants():
    plain = participants_needed(0.3, 0.6)
    crossed = participants_needed(0.3, interaction_information(0.5, 0.6, 0.6))
    assert crossed == pytest.approx(4.0 * plain)


def test_reliability_is_what_it_leaves_and_adjustment_is_the_variance_inflation():
    assert kept_information(reliability=0.6) == pytest.approx(0.6)
    assert kept_information(adjusted_r2=0.4) == pytest.approx(0.6)
    # Both: the part of the truth that is left has variance 0.6 beside an error of 2/3.
    left = 0.6
    assert kept_information(reliability=0.6, adjusted_r2=0.4) == pytest.approx(
        left * left / (left + (1 / 0.6 - 1))
    )


def test_half_undetected_leaves_the_correlation_of_a_normal_with_its_upper_half():
    # Cov(X, max(X, 0)) = 1/2; Var max(X, 0) = 1/2 - 1/(2 pi).
    assert kept_information(undetected=0.5) == pytest.approx(0.25 / (0.5 - 1 / (2 * math.pi)))


@given(SHARES, SHARES, SHARES)
def test_nothing_adds_information(reliability, undetected, adjusted):
    kept = kept_information(reliability=reliability, undetected=undetected, adjusted_r2=adjusted)
    assert 0.0 < kept < min(reliability, 1.0 - adjusted) + 1e-12
    assert kept < kept_information(undetected=undetected)


@given(st.floats(0.05, 2.0), SHARES, st.floats(0.3, 0.99))
def test_number_power_and_ratio_are_three_sides_of_one_formula(log_ratio, information, power):
    n = participants_needed(log_ratio, information, power=power)
    assert smallest_log_ratio(information, n, power=power) == pytest.approx(log_ratio)
    # The other direction is found too, rarely.
    assert 0.0 <= power_at(-log_ratio, information, n, 0.05) - power < 2e-3
    assert participants_needed(-log_ratio, information, power=power) == pytest.approx(n)


@given(SHARES, st.floats(2, 1e5), st.floats(1e-6, 0.5))
def test_without_an_effect_the_power_is_alpha(information, n, alpha):
    assert power_at(0.0, information, n, alpha) == pytest.approx(alpha)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: participants_needed(0.0, 0.5), "ratio of 1"),
        (lambda: participants_needed(0.3, 0.0), "information 0"),
        (lambda: participants_needed(0.3, 0.5, power=1.0), "power 1"),
        (lambda: participants_needed(0.3, 0.5, power=0.05), "above alpha"),
        (lambda: participants_needed(0.3, 0.5, alpha=0.0), "alpha 0"),
        (lambda: kept_information(reliability=0.0), "reliability 0"),
        (lambda: kept_information(reliability=1.1), "reliability 1.1"),
        (lambda: kept_information(undetected=1.0), "undetected 1"),
        (lambda: kept_information(adjusted_r2=-0.1), "adjusted R2 -0.1"),
        (lambda: interaction_information(1.0, 0.5, 0.5), "treated share 1"),
    ],
)
def test_impossible_requests_are_refused_in_one_line(call, words):
    with pytest.raises(InputError, match=words) as refused:
        call()
    assert "\n" not in str(refused.value)
