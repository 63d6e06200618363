"""What the template of the sections on T cell receptor repertoires receives."""

from dataclasses import dataclass
from typing import ClassVar

from macroimmune.report.page_parts import FigureWithNote
from macroimmune.report.tables import Table

__all__ = [
    "BloodAndTumourSection",
    "OverlapSection",
    "CloneCellsSection",
    "CloneChangesSection",
    "CloneTrackingSection",
    "DiversitySection",
    "ReceptorNeighboursSection",
    "RepertoiresSection",
    "SectionPart",
    "TurnoverSection",
]


@dataclass(frozen=True, slots=True)
class SectionPart:
    """One part of a section, under a heading of its own.

    Parameters
    ----------
    heading : str
        Empty for the first part.
    words : tuple of str
        A paragraph each: how to read it, what is missing.
    small, figures : tuple of FigureWithNote
        Figures side by side, then wide ones.
    tables, folded : tuple of Table
        Shown, and shown when opened.
    """

    heading: str = ""
    words: tuple[str, ...] = ()
    small: tuple[FigureWithNote, ...] = ()
    figures: tuple[FigureWithNote, ...] = ()
    tables: tuple[Table, ...] = ()
    folded: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class RepertoiresSection:
    """What was read, what a clonotype is, how deep samples are.

    Parameters
    ----------
    lead : str
    parts : tuple of SectionPart
    """

    template: ClassVar[str] = "repertoires.html"
    anchor: ClassVar[str] = "repertoires"
    heading: ClassVar[str] = "T cell receptor repertoires"
    lead: str
    parts: tuple[SectionPart, ...]

    @property
    def figures(self) -> tuple[FigureWithNote, ...]:
        """All figures, in their order."""
        return tuple(one for part in self.parts for one in (*part.small, *part.figures))


@dataclass(frozen=True, slots=True)
class DiversitySection(RepertoiresSection):
    """Ranks of clones, rarefaction, measures, usage of genes."""

    anchor: ClassVar[str] = "repertoire-diversity"
    heading: ClassVar[str] = "Diversity of repertoires"


@dataclass(frozen=True, slots=True)
class CloneChangesSection(RepertoiresSection):
    """Expanded, contracted and novel clones."""

    anchor: ClassVar[str] = "clone-changes"
    heading: ClassVar[str] = "Expansion and novel clones"


@dataclass(frozen=True, slots=True)
class TurnoverSection(RepertoiresSection):
    """Clonotypes of one draw that another lacks."""

    anchor: ClassVar[str] = "repertoire-turnover"
    heading: ClassVar[str] = "Turnover between draws"


@dataclass(frozen=True, slots=True)
class CloneTrackingSection(RepertoiresSection):
    """Shares of followed clones over the draws."""

    anchor: ClassVar[str] = "clone-tracking"
    heading: ClassVar[str] = "Clones over time"


@dataclass(frozen=True, slots=True)
class BloodAndTumourSection(RepertoiresSection):
    """Tumour clones in blood, and overlap of repertoires."""

    anchor: ClassVar[str] = "blood-and-tumour"
    heading: ClassVar[str] = "Clones in blood and tumour"


@dataclass(frozen=True, slots=True)
class OverlapSection(RepertoiresSection):
    """Overlap of repertoires where nobody has both blood and tumour."""

    anchor: ClassVar[str] = "repertoire-overlap"
    heading: ClassVar[str] = "Overlap of draws"


@dataclass(frozen=True, slots=True)
class CloneCellsSection(RepertoiresSection):
    """Clones by cell population."""

    anchor: ClassVar[str] = "clone-cells"
    heading: ClassVar[str] = "Clones by cell population"


@dataclass(frozen=True, slots=True)
class ReceptorNeighboursSection(RepertoiresSection):
    """Similar receptors."""

    anchor: ClassVar[str] = "receptor-neighbours"
    heading: ClassVar[str] = "Similar receptors"
