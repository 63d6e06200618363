"""The share with an event, beside closed forms and simulation."""

import math

import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.statistics import event_proportion


def closed_form(median, enrolment, follow_up, loss):
    """A constant hazard: integrate over the day of entry by hand."""
    hazard = math.log(2) / median
    both = hazard + loss
    if enrolment == 0:
        return hazard / both * (1 - math.exp(-both * follow_up))
    tail = (math.exp(-both * follow_up) - math.exp(-both * (follow_up + enrolment))) / both
    return hazard / both * (1 - tail / enrolment)


@pytest.mark.parametrize("median", [0.5, 8.0, 60.0])
@pytest.mark.parametrize("enrolment", [0.0, 24.0])
@pytest.mark.parametrize("follow_up", [1.0, 36.0])
@pytest.mark.parametrize("loss", [0.0, 0.02, 1.0])
def test_a_constant_hazard_has_its_closed_form(median, enrolment, follow_up, loss):
    found = event_proportion(
        [(median, 1.0)], enrolment=enrolment, follow_up=follow_up, loss_rate=loss
    )
    assert found == pytest.approx(closed_form(median, enrolment, follow_up, loss), abs=1e-7)


def test_kinds_of_events_with_constant_hazards_add():
    both = event_proportion([(10.0, 1.0), (15.0, 1.0)], enrolment=5.0, follow_up=7.0)
    one = event_proportion([(6.0, 1.0)], enrolment=5.0, follow_up=7.0)
    assert both == pytest.approx(one, abs=1e-12)


@pytest.mark.parametrize("shape", [0.5, 1.7])
def test_a_cohort_of_different_hazards_is_what_simulation_gives(shape):
    rng, n = np.random.default_rng(5), 400_000
    log_hazard = -0.2 + 0.8 * rng.normal(size=n)
    time = 12.0 * (rng.exponential(1 / math.log(2), n) * np.exp(-log_hazard)) ** (1 / shape)
    end = np.minimum(6.0 + 18.0 * rng.random(n), rng.exponential(20.0, n))
    found = event_proportion(
        [(12.0, shape)], enrolment=18.0, follow_up=6.0, loss_rate=0.05, log_hazard_mean=-0.2,
        log_hazard_sd=0.8,
    )  # fmt: skip
    # Four standard errors of the simulation.
    assert found == pytest.approx((time <= end).mean(), abs=4 * 0.5 / math.sqrt(n))


@pytest.mark.parametrize(
    "words",
    [
        {"enrolment": -1.0, "follow_up": 2.0},
        {"enrolment": 0.0, "follow_up": 0.0},
        {"enrolment": 1.0, "follow_up": 1.0, "loss_rate": -0.1},
        {"enrolment": math.nan, "follow_up": 1.0},
    ],
)
def test_impossible_times_are_refused(words):
    with pytest.raises(InputError):
        event_proportion([(12.0, 1.0)], **words)
    with pytest.raises(InputError):
        event_proportion([(0.0, 1.0)], enrolment=1.0, follow_up=1.0)
