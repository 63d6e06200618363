"""How a `study.toml` is drafted: what the user's headings and cells most probably mean."""

from macroimmune.study.drafting.combining import combined
from macroimmune.study.drafting.cytometry_sections import cytometry_sections, cytometry_tables
from macroimmune.study.drafting.fcs_folder import FcsFolder, find_fcs
from macroimmune.study.drafting.repertoire_folder import RepertoireFolder, find_repertoires
from macroimmune.study.drafting.repertoire_sections import repertoire_sections, repertoire_tables
from macroimmune.study.drafting.sections import Section, sections_of
from macroimmune.study.drafting.sources import FoundTable, find_tables, table_from_raw
from macroimmune.study.drafting.writing import settings_text

__all__ = [
    "FcsFolder",
    "FoundTable",
    "RepertoireFolder",
    "Section",
    "combined",
    "cytometry_sections",
    "cytometry_tables",
    "find_fcs",
    "find_repertoires",
    "find_tables",
    "repertoire_sections",
    "repertoire_tables",
    "sections_of",
    "settings_text",
    "table_from_raw",
]
