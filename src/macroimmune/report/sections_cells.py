"""What the templates of cells receive: files, batches, ways of gating, clusters."""

from dataclasses import dataclass
from typing import ClassVar

from macroimmune.report.page_parts import FigureWithNote
from macroimmune.report.tables import Table

__all__ = [
    "BatchesSection",
    "CellsSection",
    "ClustersSection",
    "ConcordanceSection",
]


@dataclass(frozen=True, slots=True)
class CellsSection:
    """From FCS files to cells.

    Parameters
    ----------
    lead : str
    figures : tuple of FigureWithNote
    populations, files : Table
    unavailable : Table or None
    lineage_words : tuple of str
        Which lineage markers each stimulus moved.
    lineage : Table or None
        None where no stimulated well has an unstimulated partner.
    """

    template: ClassVar[str] = "cells.html"
    anchor: ClassVar[str] = "cells"
    heading: ClassVar[str] = "Cells from cytometry"
    lead: str
    figures: tuple[FigureWithNote, ...]
    populations: Table
    files: Table
    unavailable: Table | None
    lineage_words: tuple[str, ...]
    lineage: Table | None


@dataclass(frozen=True, slots=True)
class BatchesSection:
    """Batches of cytometry: how far they lie apart, before and after alignment.

    Parameters
    ----------
    lead : str
    told : tuple of str
        A sentence for each panel and what it was measured on.
    figures : tuple of FigureWithNote
        One for each panel.
    rows : Table
        Every marker.
    """

    template: ClassVar[str] = "batches.html"
    anchor: ClassVar[str] = "batches"
    heading: ClassVar[str] = "Batches of cytometry"
    lead: str
    told: tuple[str, ...]
    figures: tuple[FigureWithNote, ...]
    rows: Table


@dataclass(frozen=True, slots=True)
class ConcordanceSection:
    """Ways of gating beside each other.

    Parameters
    ----------
    lead : str
    figures : tuple of FigureWithNote
        Shares by each way.
    cells, differences : Table or None
        Cells in common; differences over files.
    alone : tuple of str
        Which populations one way tells and another does not.
    """

    template: ClassVar[str] = "concordance.html"
    anchor: ClassVar[str] = "ways-of-gating"
    heading: ClassVar[str] = "Ways of gating beside each other"
    lead: str
    figures: tuple[FigureWithNote, ...]
    cells: Table | None
    differences: Table | None
    alone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClustersSection:
    """Clusters of cells, and what is more abundant in which group.

    Parameters
    ----------
    lead : str
    figures : tuple of FigureWithNote
        Markers by cluster, then shares by group.
    differences : Table or None
    """

    template: ClassVar[str] = "clusters.html"
    anchor: ClassVar[str] = "clusters"
    heading: ClassVar[str] = "Clusters of cells"
    lead: str
    figures: tuple[FigureWithNote, ...]
    differences: Table | None
