"""The page and its sections in order; a section and its parts are declared in files of their own.

A test compares the variables of the templates with the fields declared here and there.
"""

from dataclasses import dataclass
from typing import ClassVar

from macroimmune.report.page_parts import EvidenceLine, Fact, FigureWithNote, RemarkItem
from macroimmune.report.sections_cells import (
    BatchesSection,
    CellsSection,
    ClustersSection,
    ConcordanceSection,
)
from macroimmune.report.sections_model import ModelSection
from macroimmune.report.sections_outcome import (
    AddedValueSection,
    AgreementSection,
    BiomarkerSection,
    BiomarkersSection,
    CompetingSection,
    CutPointsSection,
    DetailsSection,
    MetaSection,
    PredictiveSection,
    TrajectoriesSection,
)
from macroimmune.report.sections_repertoires import (
    BloodAndTumourSection,
    CloneCellsSection,
    CloneChangesSection,
    CloneTrackingSection,
    DiversitySection,
    OverlapSection,
    ReceptorNeighboursSection,
    RepertoiresSection,
    SectionPart,
    TurnoverSection,
)
from macroimmune.report.sections_response import (
    DoseSection,
    PreEncodedSection,
    ResponseOutcomeSection,
    ResponsivenessSection,
    StimulationChecksSection,
    StimulationSection,
)
from macroimmune.report.sections_study import (
    FindingsSection,
    LedgerSection,
    MethodsSection,
    RemarkSection,
    RestrictedMeanSection,
    StudySection,
    SurvivalSection,
    TruthSection,
)
from macroimmune.report.tables import Table

__all__ = [
    "SECTIONS",
    "AddedValueSection",
    "AgreementSection",
    "BatchesSection",
    "BiomarkerSection",
    "BiomarkersSection",
    "BloodAndTumourSection",
    "OverlapSection",
    "CellsSection",
    "CloneCellsSection",
    "CloneChangesSection",
    "CloneTrackingSection",
    "ClustersSection",
    "CompetingSection",
    "ConcordanceSection",
    "CutPointsSection",
    "DetailsSection",
    "DiversitySection",
    "DoseSection",
    "EvidenceLine",
    "Fact",
    "FigureWithNote",
    "FindingsSection",
    "LedgerSection",
    "MetaSection",
    "MethodsSection",
    "ModelSection",
    "Page",
    "PreEncodedSection",
    "PredictiveSection",
    "ReceptorNeighboursSection",
    "RemarkItem",
    "RemarkSection",
    "RepertoiresSection",
    "ResponseOutcomeSection",
    "ResponsivenessSection",
    "RestrictedMeanSection",
    "SectionPart",
    "StimulationChecksSection",
    "StimulationSection",
    "StudySection",
    "SurvivalSection",
    "TrajectoriesSection",
    "TruthSection",
    "TurnoverSection",
]


@dataclass(frozen=True, slots=True)
class Page:
    """The page around the sections.

    Parameters
    ----------
    title : str
    summary : str
        One paragraph with numbers.
    key_numbers : tuple of Fact
    contents : tuple of Fact
        Heading (name) and anchor (value) of each section.
    sections : tuple of str
        Their rendered templates.
    provenance : tuple of Fact
        Version, command, seed, time.
    inputs : Table or None
        Files that were read, with their SHA-256.
    page_style, figure_style, script : str
        CSS and JavaScript that stand inside the page.
    """

    template: ClassVar[str] = "page.html"
    title: str
    summary: str
    key_numbers: tuple[Fact, ...]
    contents: tuple[Fact, ...]
    sections: tuple[str, ...]
    provenance: tuple[Fact, ...]
    inputs: Table | None
    page_style: str
    figure_style: str
    script: str


SECTIONS = (
    StudySection,
    FindingsSection,
    CellsSection,
    StimulationSection,
    ResponsivenessSection,
    ResponseOutcomeSection,
    StimulationChecksSection,
    DoseSection,
    PreEncodedSection,
    RepertoiresSection,
    DiversitySection,
    CloneChangesSection,
    TurnoverSection,
    CloneTrackingSection,
    BloodAndTumourSection,
    OverlapSection,
    CloneCellsSection,
    ReceptorNeighboursSection,
    SurvivalSection,
    RestrictedMeanSection,
    BiomarkersSection,
    CutPointsSection,
    MetaSection,
    CompetingSection,
    PredictiveSection,
    AddedValueSection,
    TrajectoriesSection,
    AgreementSection,
    BatchesSection,
    ConcordanceSection,
    ClustersSection,
    TruthSection,
    ModelSection,
    DetailsSection,
    LedgerSection,
    MethodsSection,
    RemarkSection,
)
