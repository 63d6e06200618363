"""Best response as the radiologist records it."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.people import Outcomes, People
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.streams import random_stream
from macroimmune.simulator.tables.scans import FIRST_DAY, last_scan_days, planned_scans

__all__ = ["best_response"]


def best_response(plan: StudyPlan, people: People, outcomes: Outcomes) -> NDArray[np.str_]:
    """Return CR, PR, SD, PD or NE of each patient; empty for healthy people.

    Notes
    -----
    Convention: one that follows from a tumour course is taken as it is. Who does not respond has SD
    where a scan was made before progression, death and the end of observation, else PD. Not
    evaluable are a share by chance, those who were lost before the first scan without an event, and
    those whose response nobody could have seen, because they died or progressed too early for any
    scan. Loss does not depend on response, but being not evaluable does a little: who progresses
    before loss is known, and an early death hides a response alone.
    """
    if outcomes.best.size:
        return outcomes.best
    n, stated = people.is_patient.size, plan.outcomes
    drawn = random_stream(plan.seed, "tables", "best response").random((n, 2))
    has_no_scan = planned_scans(plan, n)[:, 0] > last_scan_days(outcomes)
    is_complete = drawn[:, 0] < stated.complete_response
    best = np.where(has_no_scan, "PD", "SD")
    best = np.where(outcomes.response, np.where(is_complete, "CR", "PR"), best)
    event = np.fmin(outcomes.progression_days, outcomes.death_days)
    is_lost = has_no_scan & (event > outcomes.last_seen_days)
    is_unseen = outcomes.response & has_no_scan & (last_scan_days(outcomes) < FIRST_DAY)
    is_by_chance = drawn[:, 1] < stated.not_evaluable
    best = np.where(is_lost | is_unseen | is_by_chance, "NE", best)
    return np.where(people.is_patient, best, "").astype(np.str_)
