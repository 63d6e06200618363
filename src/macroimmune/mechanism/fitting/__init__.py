"""Calibration of the model: targets, loss, search from many starts, and the fitted set."""

from macroimmune.mechanism.fitting.experiments import (
    course_frame,
    experiments,
    measured_targets,
    unmeasurable,
)
from macroimmune.mechanism.fitting.fitted_parameters import (
    FITTED_GRADES,
    ParameterSpace,
    parameter_space,
)
from macroimmune.mechanism.fitting.fitted_set import (
    FittedSet,
    fitted_sha256,
    frozen_set,
    table_with,
    write_fitted,
)
from macroimmune.mechanism.fitting.local_search import Found, search
from macroimmune.mechanism.fitting.loss import (
    Terms,
    joined_terms,
    local_loss,
    prior_losses,
    term_losses,
)
from macroimmune.mechanism.fitting.multistart import FitPlan, fit, latin_starts
from macroimmune.mechanism.fitting.objective import HELD_OUT_SECTIONS, Objective, target_objective
from macroimmune.mechanism.fitting.targets import MEASURES, Target, target_terms, targets

__all__ = [
    "FITTED_GRADES",
    "HELD_OUT_SECTIONS",
    "MEASURES",
    "FitPlan",
    "FittedSet",
    "Found",
    "Objective",
    "ParameterSpace",
    "Target",
    "Terms",
    "course_frame",
    "experiments",
    "fit",
    "fitted_sha256",
    "frozen_set",
    "joined_terms",
    "latin_starts",
    "local_loss",
    "measured_targets",
    "parameter_space",
    "prior_losses",
    "search",
    "table_with",
    "target_objective",
    "target_terms",
    "targets",
    "term_losses",
    "unmeasurable",
    "write_fitted",
]
