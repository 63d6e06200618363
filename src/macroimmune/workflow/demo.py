"""The demo: a virtual cohort with known truth, written as ordinary files and run like any study."""

from pathlib import Path

from macroimmune.results import ResultsFolder
from macroimmune.simulator import true_effects, write_virtual_cohort
from macroimmune.workflow.opening import open_study
from macroimmune.workflow.pipeline import Progress, run_study

__all__ = ["run_demo"]


def run_demo(
    out: Path, *, participants: int, seed: int, command: str, progress: Progress | None = None
) -> ResultsFolder:
    """Write a virtual study into `out/study`, run it into `out/results` and return the results.

    Parameters
    ----------
    out : Path
    participants : int
    seed : int
        The same seed gives the same files and the same numbers.
    command : str
        As typed, for `run.json`.
    progress : callable or None
        As in `run_study`.

    Returns
    -------
    results : ResultsFolder
        The report there shows truth beside estimate.
    """
    write_virtual_cohort(out / "study", participants, seed)
    study = open_study(out / "study")
    return run_study(
        study, out / "results", command=command, truth=true_effects(), seed=seed, progress=progress
    )
