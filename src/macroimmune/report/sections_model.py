"""What the template of the section on the mechanistic model receives."""

from dataclasses import dataclass
from typing import ClassVar

from macroimmune.report.sections_repertoires import RepertoiresSection

__all__ = ["ModelSection"]


@dataclass(frozen=True, slots=True)
class ModelSection(RepertoiresSection):
    """The model behind a virtual study, and how it fares against published claims."""

    anchor: ClassVar[str] = "model"
    heading: ClassVar[str] = "The model"
