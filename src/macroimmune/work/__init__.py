"""Work on many files that goes on after a kill: a finished folder per task, and what it keeps."""

from macroimmune.work.guarded import DONE, STEP, guarded_lines, run_guarded
from macroimmune.work.saved_records import load_record, save_record
from macroimmune.work.work_folder import WorkTask, file_state, run_tasks, task_key

__all__ = [
    "DONE",
    "STEP",
    "WorkTask",
    "file_state",
    "guarded_lines",
    "load_record",
    "run_guarded",
    "run_tasks",
    "save_record",
    "task_key",
]
