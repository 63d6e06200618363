"""Whether a plan that was made in a program keeps to the ranges of its settings."""

import tomllib

from macroimmune.errors import InputError
from macroimmune.simulator.plan.reading import read_section
from macroimmune.simulator.plan.study_plan import StudyPlan, plan_text

__all__ = ["checked_plan"]


def checked_plan(plan: StudyPlan) -> StudyPlan:
    """Return the plan as its TOML states it.

    Raises
    ------
    InputError
        With every setting that is out of range or names nothing, and the nearest name.

    Examples
    --------
    >>> checked_plan(StudyPlan(patients=0))
    Traceback (most recent call last):
    macroimmune.errors.InputError: plan.patients = 0: outside 1 to 1000000
    """
    problems: list[str] = []
    read = read_section(StudyPlan, tomllib.loads(plan_text(plan)), "plan", problems)
    if read is None:
        raise InputError("; ".join(problems))
    return read
