"""Which arms a virtual patient runs in."""

import numpy as np

from macroimmune.mechanism.virtual_patients.cohort_plan import CohortPlan

__all__ = ["arms_of"]

_ALLOCATION = 2


def arms_of(plan: CohortPlan, number: int) -> tuple[str, ...]:
    """Return the arms of patient `number`, counted from 1.

    Notes
    -----
    Convention: counterfactual: all, in their order. Randomised: one, in permuted blocks that hold
    every arm once. It depends on the seed and the number alone.
    """
    names = tuple(arm.name for arm in plan.arms)
    if plan.allocation == "counterfactual":
        return names
    block, place = divmod(number - 1, len(names))
    stream = np.random.SeedSequence(plan.seed, spawn_key=(_ALLOCATION, block))
    return (names[int(np.random.default_rng(stream).permutation(len(names))[place])],)
