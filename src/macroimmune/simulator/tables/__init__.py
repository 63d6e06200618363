"""Tables of clinic and laboratory, and the settings that map them."""

from macroimmune.simulator.tables.clinical_delivery import clinical_delivery
from macroimmune.simulator.tables.study_settings import analysis_text

__all__ = ["analysis_text", "clinical_delivery"]
