"""Scans: response and progression, judged from the sums alone, are those that were recorded."""

import numpy as np
import polars as pl
import pytest

SUM = "Sum of diameters (mm)"


@pytest.fixture(scope="module")
def scans(drawn):
    return drawn.tables["tumour_measurements.csv"]


@pytest.fixture(scope="module")
def by_patient(drawn, scans):
    """Return the recorded response and the scans of each patient."""
    best = dict(drawn.tables["patients.csv"].select("Patient", "Best response").iter_rows())
    return [
        (best[name], rows["Day"].to_numpy(), rows[SUM].to_numpy())
        for (name,), rows in scans.group_by("Patient", maintain_order=True)
    ]


def progressed_at(sums):
    """Return the first scan at least 20 % and 5 mm above the smallest before, or None."""
    for place in range(1, sums.size):
        smallest = sums[:place].min()
        if sums[place] >= 1.2 * smallest and sums[place] - smallest >= 5:
            return place
    return None


def judged(sums):
    """Return the best response that the sums show, after RECIST 1.1."""
    end = progressed_at(sums)
    before = sums[1 : sums.size if end is None else end]
    if before.size == 0:
        return "PD" if end is not None else "none"
    if before.min() == 0:
        return "CR"
    return "PR" if before.min() <= 0.7 * sums[0] else "SD"


def test_the_sums_show_the_response_that_was_recorded(by_patient):
    for best, _, sums in by_patient:
        shown = judged(sums)
        # A patient who died or was lost before a scan shows none.
        assert shown == best or shown == "none" or best == "NE", (best, sums)


def test_nearly_all_responses_can_be_seen_on_scans(by_patient):
    responders = [judged(sums) for best, _, sums in by_patient if best in {"CR", "PR"}]
    assert np.mean([shown != "none" for shown in responders]) > 0.99


def test_no_response_is_recorded_that_nobody_could_have_seen(by_patient):
    for best, days, _ in by_patient:
        if best in {"CR", "PR"}:
            assert days[1] >= 21


def test_progression_is_the_last_scan_and_on_its_day(drawn, scans):
    outcomes = drawn.outcomes
    best = drawn.tables["patients.csv"]["Best response"]
    for who in range(drawn.plan.patients):
        rows = scans.filter(Patient=str(drawn.people.participant_ids[who]))
        end = progressed_at(rows[SUM].to_numpy())
        seen = min(outcomes.death_days[who], outcomes.last_seen_days[who])
        if best[who] == "NE" or outcomes.progression_days[who] > seen:
            assert end is None
        else:
            assert end == rows.height - 1
            assert rows["Day"][-1] == max(int(outcomes.progression_days[who]), 1)


def test_nobody_is_scanned_twice_a_day_or_after_death(drawn, scans):
    assert scans.select("Patient", "Day").is_duplicated().sum() == 0
    end = np.fmin(drawn.outcomes.death_days, drawn.outcomes.last_seen_days)
    last = pl.DataFrame({"Patient": drawn.people.participant_ids, "end": end})
    after = scans.filter(pl.col("Day") > 0).join(last, on="Patient")
    assert (after["Day"] <= np.maximum(after["end"].to_numpy(), 1.0)).all()


def test_healthy_people_are_not_scanned(drawn, scans):
    assert not scans["Patient"].str.starts_with("H").any()
    assert scans["Patient"].n_unique() == drawn.plan.patients


def test_the_first_sums_are_as_stated(scans):
    first = scans.filter(pl.col("Day") <= 0)[SUM]
    assert first.median() == pytest.approx(70, rel=0.05)
    assert first.log().std() == pytest.approx(0.5, rel=0.08)
