"""Best response as the radiologist records it."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.people import Outcomes, People
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["best_response"]


def best_response(plan: StudyPlan, people: People, outcomes: Outcomes) -> NDArray[np.str_]:
    """Return CR, PR, SD, PD or NE of each patient; empty for healthy people.

    Notes
    -----
    Convention: who does not respond has PD where progression or death comes before the first scan
    after the start, else SD. Not evaluable are those who were lost before that scan without an
    event, and a share by chance; neither depends on response.
    """
    n, stated = people.is_patient.size, plan.outcomes
    drawn = random_stream(plan.seed, "tables", "best response").random((n, 2))
    first_scan = float(plan.tumour.scan_every)
    event = np.fmin(outcomes.progression_days, outcomes.death_days)
    best = np.where(event <= first_scan, "PD", "SD")
    is_complete = drawn[:, 0] < stated.complete_response
    best = np.where(outcomes.response, np.where(is_complete, "CR", "PR"), best)
    is_lost = (outcomes.last_seen_days < first_scan) & (event > outcomes.last_seen_days)
    best = np.where(is_lost | (drawn[:, 1] < stated.not_evaluable), "NE", best)
    return np.where(people.is_patient, best, "").astype(np.str_)
