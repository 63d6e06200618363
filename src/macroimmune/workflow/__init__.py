"""The stages wired together: a study in, a results folder out; the verbs of the Python API."""

from macroimmune.workflow.calibrate import calibrate
from macroimmune.workflow.compare_virtual import compare_virtual, distance_lines
from macroimmune.workflow.demo import run_demo
from macroimmune.workflow.many_results import pool_results
from macroimmune.workflow.opening import SheetOptions, draft_study, open_study, study_from_frames
from macroimmune.workflow.pipeline import Stage, run_study
from macroimmune.workflow.refusals import (
    stop_without_cytometry,
    stop_without_repertoires,
    stop_without_stimulus,
)
from macroimmune.workflow.verbs import (
    associate,
    check,
    compute_features,
    gate,
    measure_repertoires,
    measure_responses,
    meta_analysis,
    run,
    write_report,
)

__all__ = [
    "SheetOptions",
    "Stage",
    "associate",
    "calibrate",
    "check",
    "compare_virtual",
    "compute_features",
    "distance_lines",
    "draft_study",
    "gate",
    "measure_repertoires",
    "measure_responses",
    "meta_analysis",
    "open_study",
    "pool_results",
    "run",
    "run_demo",
    "run_study",
    "stop_without_cytometry",
    "stop_without_repertoires",
    "stop_without_stimulus",
    "study_from_frames",
    "write_report",
]
