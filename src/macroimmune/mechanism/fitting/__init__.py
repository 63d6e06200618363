"""Calibration of the model: targets, loss, search from many starts, and the fitted set."""

from macroimmune.mechanism.fitting.adoption import SHARES, AdoptedMove, adopted
from macroimmune.mechanism.fitting.cell_groups import missing_names, with_cell_groups
from macroimmune.mechanism.fitting.claim_terms import (
    claim_terms,
    costly_claims,
    fitted_claims,
    measured_claims,
    pass_region,
)
from macroimmune.mechanism.fitting.experiments import (
    experiments,
    measured_targets,
    refusal,
    unmeasurable,
)
from macroimmune.mechanism.fitting.fit_study import FitStudy, fit_study
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
    write_to_model,
)
from macroimmune.mechanism.fitting.identifiability import (
    RISE,
    ParameterRange,
    identified,
    slopes_along,
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
from macroimmune.mechanism.fitting.objective import (
    Objective,
    costly_objective,
    target_objective,
    whole_objective,
)
from macroimmune.mechanism.fitting.sensitivity import (
    METHODS,
    Output,
    available_outputs,
    morris,
    morris_points,
    output_values,
    outputs,
    sobol,
    sobol_points,
)
from macroimmune.mechanism.fitting.sensitivity_study import SensitivityPlan, sensitivity_tables
from macroimmune.mechanism.fitting.targets import MEASURES, Target, target_terms, targets

__all__ = [
    "FITTED_GRADES",
    "MEASURES",
    "METHODS",
    "RISE",
    "SHARES",
    "AdoptedMove",
    "FitPlan",
    "FitStudy",
    "FittedSet",
    "Found",
    "Objective",
    "Output",
    "ParameterRange",
    "ParameterSpace",
    "SensitivityPlan",
    "Target",
    "Terms",
    "adopted",
    "available_outputs",
    "claim_terms",
    "costly_claims",
    "costly_objective",
    "experiments",
    "fit",
    "fit_study",
    "fitted_claims",
    "fitted_sha256",
    "frozen_set",
    "identified",
    "joined_terms",
    "latin_starts",
    "local_loss",
    "measured_claims",
    "measured_targets",
    "missing_names",
    "morris",
    "morris_points",
    "output_values",
    "outputs",
    "parameter_space",
    "pass_region",
    "prior_losses",
    "refusal",
    "search",
    "sensitivity_tables",
    "slopes_along",
    "sobol",
    "sobol_points",
    "table_with",
    "target_objective",
    "target_terms",
    "targets",
    "term_losses",
    "unmeasurable",
    "whole_objective",
    "with_cell_groups",
    "write_fitted",
    "write_to_model",
]
