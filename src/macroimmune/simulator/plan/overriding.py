"""A plan with some of its choices replaced, as options of the command line do."""

import dataclasses
from collections.abc import Sequence

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.simulator.plan.outcomes_plan import ArmPlan
from macroimmune.simulator.plan.study_plan import StudyPlan

__all__ = ["RAW_KINDS", "with_choices"]

RAW_KINDS = ("cytometry", "repertoires", "expression", "chromatin", "microbiome")


def with_choices(
    plan: StudyPlan,
    *,
    patients: int | None = None,
    healthy: int | None = None,
    seed: int | None = None,
    arms: Sequence[str] = (),
    written: Sequence[str] = (),
    troubles: Sequence[str] = (),
) -> StudyPlan:
    """Return the plan with what is given in the place of what it said.

    Parameters
    ----------
    plan : StudyPlan
    patients, healthy, seed : int or None
        None keeps what the plan says.
    arms : sequence of str
        Names of all arms, the reference first; an arm that the plan knows keeps its settings.
        Empty keeps the arms.
    written : sequence of str
        Kinds of raw files that are written too, of `RAW_KINDS`.
    troubles : sequence of str
        Names of troubles that are planted too.

    Raises
    ------
    InputError
        For a kind that there is not, with the nearest one, or choices that do not fit together.

    Examples
    --------
    >>> plan = with_choices(StudyPlan(), patients=60, written=["cytometry"])
    >>> plan.patients, plan.cytometry.is_written, plan.repertoires.is_written
    (60, True, False)
    """
    numbers = {"patients": patients, "healthy": healthy, "seed": seed}
    changes: dict[str, object] = {
        name: value for name, value in numbers.items() if value is not None
    }
    if arms:
        known = {arm.name: arm for arm in plan.arms}
        changes["arms"] = tuple(known.get(name, ArmPlan(name=name)) for name in arms)
    for kind in written:
        if kind not in RAW_KINDS:
            msg = f"{kind!r}: no such kind of files. {did_you_mean(kind, RAW_KINDS)}"
            raise InputError(msg)
        changes[kind] = dataclasses.replace(getattr(plan, kind), is_written=True)
    if troubles:
        changes["troubles"] = tuple(dict.fromkeys((*plan.troubles, *troubles)))
    try:
        return dataclasses.replace(plan, **changes)  # type: ignore[arg-type]
    except ValueError as error:
        raise InputError(str(error)) from error
