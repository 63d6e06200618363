"""The files of true effects beside a virtual study."""

from pathlib import Path

from macroimmune.simulator.file_tasks import FileTask
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.truth.effects import effects_by_arm, true_effects
from macroimmune.simulator.truth.models import univariable_models

__all__ = ["EFFECTS_FILE", "true_effects_task"]

EFFECTS_FILE = "truth/true_effects.csv"
_BY_ARM_FILE = "truth/effects_by_arm.csv"


def true_effects_task(plan: StudyPlan) -> FileTask:
    """Return the task that writes the true effects of a study, by arm too where there are several.

    Parameters
    ----------
    plan : StudyPlan

    Returns
    -------
    task : FileTask
        At once for the effects, arms and outcomes that are the default, else up to a minute; it is
        not done again where its files are there.
    """
    paths = (EFFECTS_FILE, _BY_ARM_FILE) if len(plan.arms) > 1 else (EFFECTS_FILE,)
    return FileTask(paths, _write, plan)


def _write(plan: StudyPlan, targets: tuple[Path, ...]) -> None:
    models = univariable_models(plan)
    true_effects(plan, models).write_csv(targets[0])
    if len(targets) > 1:
        effects_by_arm(plan, models).write_csv(targets[1])
