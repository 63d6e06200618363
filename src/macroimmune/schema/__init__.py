"""Every table of a study, declared once: columns, kind, unit, permitted range, meaning.

Readers, checks, documentation and tests read these declarations. A column that is not declared
here does not exist; what a user calls it is said in `study.toml`.
"""

from macroimmune.schema.analytes import ANALYTES
from macroimmune.schema.declarations import Analyte, Causes, Column, Endpoint, Table
from macroimmune.schema.endpoints import ENDPOINTS
from macroimmune.schema.tables import TABLES

__all__ = ["ANALYTES", "ENDPOINTS", "TABLES", "Analyte", "Causes", "Column", "Endpoint", "Table"]
