"""Who is a control and who is treated, as the settings name the arms."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.study import Study

__all__ = ["NOT_RANDOMISED", "control_and_treated"]

NOT_RANDOMISED = "arms were not assigned at random: they may differ in other ways too"


def control_and_treated(study: Study) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return who is in a control arm and who in a treated arm, each of shape (participants,).

    Parameters
    ----------
    study : Study
        Where its settings name no treated arms, every arm but the controls is treated; arms named
        in neither list, and participants without an arm, are in neither group.
    """
    arm = study.participants["arm"]
    control = arm.is_in(study.analysis.control_arms).fill_null(value=False).to_numpy()
    if not study.analysis.treated_arms:
        return control, arm.is_not_null().to_numpy() & ~control
    return control, arm.is_in(study.analysis.treated_arms).fill_null(value=False).to_numpy()
