"""T cell receptor repertoires as sections of the page."""

from macroimmune.report.repertoires.diversity_section import diversity_section
from macroimmune.report.repertoires.overview_section import repertoire_words, repertoires_section

__all__ = ["diversity_section", "repertoire_words", "repertoires_section"]
