"""What the templates of the study itself receive: people, findings, survival, methods."""

from dataclasses import dataclass
from typing import ClassVar

from macroimmune.report.page_parts import Fact, FigureWithNote, RemarkItem
from macroimmune.report.svg import Figure
from macroimmune.report.tables import Table

__all__ = [
    "FindingsSection",
    "LedgerSection",
    "MethodsSection",
    "RemarkSection",
    "RestrictedMeanSection",
    "StudySection",
    "SurvivalSection",
    "TruthSection",
]


@dataclass(frozen=True, slots=True)
class StudySection:
    """Who was studied and who was left out.

    Parameters
    ----------
    facts : tuple of Fact
    endpoints, arms, cancer_types : Table or None
        None where the run record says nothing about it.
    flow_figure : Figure or None
    flow : Table or None
    """

    template: ClassVar[str] = "study.html"
    anchor: ClassVar[str] = "study"
    heading: ClassVar[str] = "The study"
    facts: tuple[Fact, ...]
    endpoints: Table | None
    arms: Table | None
    cancer_types: Table | None
    flow_figure: Figure | None
    flow: Table | None


@dataclass(frozen=True, slots=True)
class FindingsSection:
    """Problems and assumptions in the study's tables, by severity and kind."""

    template: ClassVar[str] = "findings.html"
    anchor: ClassVar[str] = "findings"
    heading: ClassVar[str] = "Findings in the data"
    summary: str
    groups: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class SurvivalSection:
    """Kaplan-Meier curves of the whole study."""

    template: ClassVar[str] = "survival.html"
    anchor: ClassVar[str] = "survival"
    heading: ClassVar[str] = "Survival of the cohort"
    figures: tuple[FigureWithNote, ...]


@dataclass(frozen=True, slots=True)
class RestrictedMeanSection:
    """Mean times without the event up to a horizon, and their differences."""

    template: ClassVar[str] = "restricted_means.html"
    anchor: ClassVar[str] = "restricted-means"
    heading: ClassVar[str] = "Restricted mean survival time"
    lead: str
    means: Table


@dataclass(frozen=True, slots=True)
class TruthSection:
    """Estimates beside the truth of a virtual study."""

    template: ClassVar[str] = "truth.html"
    anchor: ClassVar[str] = "truth"
    heading: ClassVar[str] = "Estimates beside the truth"
    lead: str
    forests: tuple[FigureWithNote, ...]
    rows: Table
    frequencies: Table | None = None
    frequencies_lead: str = ""


@dataclass(frozen=True, slots=True)
class LedgerSection:
    """Every test that was run."""

    template: ClassVar[str] = "ledger.html"
    anchor: ClassVar[str] = "ledger"
    heading: ClassVar[str] = "Every test that was run"
    lead: str
    tests: Table


@dataclass(frozen=True, slots=True)
class MethodsSection:
    """What was computed and how, one sentence for each method."""

    template: ClassVar[str] = "methods.html"
    anchor: ClassVar[str] = "methods"
    heading: ClassVar[str] = "Methods"
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemarkSection:
    """The REMARK profile, filled from what was run."""

    template: ClassVar[str] = "remark.html"
    anchor: ClassVar[str] = "remark"
    heading: ClassVar[str] = "REMARK profile"
    lead: str
    items: tuple[RemarkItem, ...]
