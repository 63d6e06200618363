"""T cell receptor repertoires as sections of the page."""

from macroimmune.report.repertoires.changes_section import changes_section
from macroimmune.report.repertoires.clone_cells_section import clone_cells_section
from macroimmune.report.repertoires.diversity_section import diversity_section
from macroimmune.report.repertoires.neighbours_section import neighbours_section
from macroimmune.report.repertoires.overview_section import repertoire_words, repertoires_section
from macroimmune.report.repertoires.sharing_section import sharing_section
from macroimmune.report.repertoires.tracking_section import tracking_section
from macroimmune.report.repertoires.turnover_section import turnover_section

__all__ = [
    "changes_section",
    "clone_cells_section",
    "diversity_section",
    "neighbours_section",
    "repertoire_words",
    "repertoires_section",
    "sharing_section",
    "tracking_section",
    "turnover_section",
]
