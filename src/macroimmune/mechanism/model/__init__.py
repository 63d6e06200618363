"""The mechanistic model: its processes in Antimony, its parameters, and the engine that runs it."""

from macroimmune.mechanism.model.actions_and_courses import Action, Course
from macroimmune.mechanism.model.composition import model_sbml, model_text
from macroimmune.mechanism.model.engine import Engine
from macroimmune.mechanism.model.parameters import ROLES, Parameter, parameters
from macroimmune.mechanism.model.table_records import as_record, table_rows

__all__ = [
    "ROLES",
    "Action",
    "Course",
    "Engine",
    "Parameter",
    "as_record",
    "model_sbml",
    "model_text",
    "parameters",
    "table_rows",
]
