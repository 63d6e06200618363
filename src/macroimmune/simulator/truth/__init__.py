"""The truth of effects in a virtual study: stated ones, and what univariable models see of them."""

from macroimmune.simulator.truth.effects import effects_by_arm, true_effects
from macroimmune.simulator.truth.effects_files import EFFECTS_FILE, true_effects_task
from macroimmune.simulator.truth.generated import GeneratedPatients, generate_patients
from macroimmune.simulator.truth.models import (
    MODEL_COLUMNS,
    TREATMENT,
    fit_models,
    has_shipped_models,
    univariable_models,
)
from macroimmune.simulator.truth.relevant import relevant_key

__all__ = [
    "EFFECTS_FILE",
    "MODEL_COLUMNS",
    "TREATMENT",
    "GeneratedPatients",
    "effects_by_arm",
    "fit_models",
    "generate_patients",
    "has_shipped_models",
    "relevant_key",
    "true_effects",
    "true_effects_task",
    "univariable_models",
]
