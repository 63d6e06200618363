"""Virtual people that the tests of all tables share, and the tables they make."""

from types import SimpleNamespace

import pytest

from macroimmune.simulator.people import draw_outcomes, draw_people, draw_samples
from macroimmune.simulator.plan import ArmPlan, StudyPlan
from macroimmune.simulator.tables import clinical_delivery


def drawn_from(plan):
    people = draw_people(plan)
    outcomes = draw_outcomes(plan, people)
    samples = draw_samples(plan, people, outcomes)
    delivery = clinical_delivery(plan, people, samples, outcomes)
    return SimpleNamespace(
        plan=plan,
        people=people,
        outcomes=outcomes,
        samples=samples,
        tables=delivery.tables,
        truth=delivery.truth,
    )


@pytest.fixture(scope="session")
def draw():
    """Return a function that draws people of a plan and their tables."""
    return drawn_from


@pytest.fixture(scope="session")
def drawn():
    """Return 1,500 patients in two arms and 200 healthy people, with their tables."""
    arms = (ArmPlan("anti-PD1"), ArmPlan("chemotherapy", is_immunotherapy=False))
    return drawn_from(StudyPlan(patients=1500, healthy=200, seed=4, arms=arms))
