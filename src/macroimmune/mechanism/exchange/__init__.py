"""Exchange with other tools: SBML, SED-ML and PEtab of a scenario, and COPASI as second solver."""

from macroimmune.mechanism.exchange.combine_archive import combine_archive
from macroimmune.mechanism.exchange.copasi import copasi_course, largest_difference
from macroimmune.mechanism.exchange.export import EXPORT_FORMATS, export_files, write_export
from macroimmune.mechanism.exchange.petab_problem import petab_files
from macroimmune.mechanism.exchange.planned_run import PlannedRun, planned_scenario
from macroimmune.mechanism.exchange.sbml import run_sbml
from macroimmune.mechanism.exchange.sedml import run_sedml

__all__ = [
    "EXPORT_FORMATS",
    "PlannedRun",
    "combine_archive",
    "copasi_course",
    "export_files",
    "largest_difference",
    "petab_files",
    "planned_scenario",
    "run_sbml",
    "run_sedml",
    "write_export",
]
