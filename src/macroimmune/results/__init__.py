"""What an analysis returns and leaves behind: frozen records, declared tables, a whole folder."""

from macroimmune.results.conform import conform, empty
from macroimmune.results.contract import RESULT_TABLES
from macroimmune.results.folder import (
    ResultsFolder,
    open_results,
    save_run,
    save_table,
    writing_results,
)
from macroimmune.results.records import (
    Finding,
    FlowStep,
    InputFile,
    RunRecord,
    findings_frame,
    flow_frame,
)
from macroimmune.results.result_table import ResultTable

__all__ = [
    "RESULT_TABLES",
    "Finding",
    "FlowStep",
    "InputFile",
    "ResultTable",
    "ResultsFolder",
    "RunRecord",
    "conform",
    "empty",
    "findings_frame",
    "flow_frame",
    "open_results",
    "save_run",
    "save_table",
    "writing_results",
]
