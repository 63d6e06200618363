"""Fit the univariable models of a million generated patients: seconds and memory.

Run from the root of the repository: ``python benchmarks/true_effects.py [PATIENTS]``. One arm and
two; for the default plan, the largest difference to the models that R fitted to the same patients.
"""

import resource
import sys
import time

import numpy as np

from macroimmune.simulator.plan import ArmPlan, StudyPlan
from macroimmune.simulator.truth import (
    fit_models,
    generate_patients,
    relevant_key,
    univariable_models,
)

PATIENTS = StudyPlan().truth_patients


def timed(plan: StudyPlan) -> None:
    """Generate and fit once, and print what that took."""
    start, used = time.perf_counter(), time.process_time()
    patients = generate_patients(plan)
    generated = time.process_time()
    models = fit_models(patients, plan)
    end, cpu = time.perf_counter(), time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{len(plan.arms)} arms, {plan.truth_patients} patients, {models.height} models: "
        f"{cpu - used:.1f} s computing ({generated - used:.1f} s drawing, {cpu - generated:.1f} s "
        f"fitting), {end - start:.1f} s in all; largest memory {memory:.2f} GB"
    )
    if relevant_key(plan) == relevant_key(StudyPlan()):
        both = models.join(
            univariable_models(plan), on=["feature", "endpoint", "arm"], suffix="_r", how="inner"
        )
        apart = np.abs(both["log_ratio"] - both["log_ratio_r"])
        in_errors = (apart / both["standard_error_r"]).max()
        print(
            f"largest difference to R in the same patients: {apart.max():.1e} in the log ratio of "
            f"{both.height} models, {in_errors:.1e} standard errors"
        )


def main() -> None:
    """Print the time of plans with one arm and with two."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else PATIENTS
    # Compilation is not counted.
    warm = StudyPlan(truth_patients=1000, arms=(ArmPlan("a"), ArmPlan("b")))
    fit_models(generate_patients(warm), warm)
    timed(StudyPlan(truth_patients=n))
    timed(StudyPlan(truth_patients=n, arms=(ArmPlan("a"), ArmPlan("b", hazard_ratio=0.7))))


if __name__ == "__main__":
    main()
