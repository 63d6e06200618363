import numpy as np

from macroimmune.outcomes import Survival
from macroimmune.statistics import horizon_at, standard_horizon


def followed(last, n=100, share=0.5):
    """Everybody is followed up to a day of their own, evenly up to `last`; some have the event."""
    event = np.arange(n) % 10 < 10 * share
    return Survival(time=np.linspace(10.0, last, n), event=event)


def test_the_longest_horizon_to_which_half_were_followed_is_chosen():
    # Half of the cohort ends its time by day 505: at 365 days two thirds are still under
    # observation by the curve of censoring, at 730 days 53 %, at 1,095 days nobody is.
    found = standard_horizon(followed(1000.0))
    assert found.days == 730.0
    assert horizon_at(followed(1000.0), 730.0) == found
    assert 0.5 <= found.followed_share < 0.6


def test_where_nearly_all_have_the_event_a_shorter_horizon_is_chosen():
    survival = followed(400.0, share=0.9)
    found = standard_horizon(survival)
    assert found.days == 180.0
    assert found.event_share < 0.75 < horizon_at(survival, 365.0).event_share


def test_where_all_horizons_hold_too_many_events_the_shortest_stays():
    early = Survival(time=np.append(np.arange(1.0, 80.0), 500.0), event=np.arange(80) < 79)
    assert standard_horizon(early).days == 90.0


def test_too_short_a_follow_up_no_events_and_late_entry_have_a_status():
    short = Survival(time=np.arange(1.0, 41.0), event=np.arange(40) % 2 == 0)
    assert "past the last follow-up" in standard_horizon(short).status
    assert np.isnan(standard_horizon(short).days)
    censored = Survival(time=np.append(np.arange(1.0, 60.0), 300.0), event=np.arange(60) > 55)
    assert standard_horizon(censored).status == (
        "fewer than half were followed for 90 days, the shortest usual horizon"
    )
    nobody = Survival(time=np.arange(1.0, 500.0), event=np.zeros(499, dtype=bool))
    assert standard_horizon(nobody).status == "no events were seen"
    late = Survival(time=np.arange(2.0, 500.0), event=np.ones(498, dtype=bool), entry=np.ones(498))
    assert "participants entered late" in standard_horizon(late).status
