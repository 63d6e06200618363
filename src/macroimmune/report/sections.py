"""What the template of each section of the report receives: one documented dataclass for each."""

from dataclasses import dataclass
from typing import ClassVar

from macroimmune.report.page_parts import EvidenceLine, Fact, FigureWithNote, RemarkItem
from macroimmune.report.svg import Figure
from macroimmune.report.tables import Table

__all__ = [
    "AddedValueSection",
    "AgreementSection",
    "BatchesSection",
    "BiomarkerSection",
    "BiomarkersSection",
    "CellsSection",
    "ClustersSection",
    "CompetingSection",
    "ConcordanceSection",
    "CutPointsSection",
    "DetailsSection",
    "FindingsSection",
    "LedgerSection",
    "MetaSection",
    "MethodsSection",
    "PredictiveSection",
    "RemarkSection",
    "RestrictedMeanSection",
    "StudySection",
    "SurvivalSection",
    "TrajectoriesSection",
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
class RestrictedMeanSection:
    """Mean times without the event up to a horizon, and their differences."""

    template: ClassVar[str] = "restricted_means.html"
    anchor: ClassVar[str] = "restricted-means"
    heading: ClassVar[str] = "Restricted mean survival time"
    lead: str
    means: Table


@dataclass(frozen=True, slots=True)
class BiomarkersSection:
    """All associations: a forest for each endpoint, the whole table, and what is missing."""

    template: ClassVar[str] = "biomarkers.html"
    anchor: ClassVar[str] = "biomarkers"
    heading: ClassVar[str] = "Biomarkers and outcome"
    lead: str
    forests: tuple[FigureWithNote, ...]
    associations: Table
    not_computed: Table | None


@dataclass(frozen=True, slots=True)
class CutPointsSection:
    """Every cut, fixed beforehand or searched, beside the continuous effect."""

    template: ClassVar[str] = "cut_points.html"
    anchor: ClassVar[str] = "cut-points"
    heading: ClassVar[str] = "Cut-points"
    lead: str
    cuts: Table


@dataclass(frozen=True, slots=True)
class MetaSection:
    """Effects pooled over cohorts: a forest for each, and all in a table.

    `pooled` is None where the study has too few cohorts; `lead` then says so.
    """

    template: ClassVar[str] = "meta.html"
    anchor: ClassVar[str] = "cohorts"
    heading: ClassVar[str] = "Cohorts together"
    lead: str
    forests: tuple[FigureWithNote, ...]
    pooled: Table | None
    not_pooled: Table | None


@dataclass(frozen=True, slots=True)
class CompetingSection:
    """Endpoints whose events compete: incidence, both hazards of each biomarker, arms.

    Parameters
    ----------
    lead : str
    questions : tuple of str
        Which effect answers which question.
    figures : tuple of FigureWithNote
        Cumulative incidence in the whole study.
    arms : Table or None
        Gray's tests; None where there are no arms.
    hazards : Table
    strongest : tuple of FigureWithNote
        Cumulative incidence by thirds of the biomarkers with the smallest p.
    """

    template: ClassVar[str] = "competing.html"
    anchor: ClassVar[str] = "competing"
    heading: ClassVar[str] = "Competing events"
    lead: str
    questions: tuple[str, ...]
    figures: tuple[FigureWithNote, ...]
    arms: Table | None
    hazards: Table
    strongest: tuple[FigureWithNote, ...]


@dataclass(frozen=True, slots=True)
class TrajectoriesSection:
    """Change of biomarkers under treatment: forests, and every question in a table."""

    template: ClassVar[str] = "trajectories.html"
    anchor: ClassVar[str] = "course"
    heading: ClassVar[str] = "Course under treatment"
    lead: str
    forests: tuple[FigureWithNote, ...]
    changes: Table


@dataclass(frozen=True, slots=True)
class PredictiveSection:
    """Verdicts on prognostic or predictive."""

    template: ClassVar[str] = "predictive.html"
    anchor: ClassVar[str] = "predictive"
    heading: ClassVar[str] = "Prognostic or predictive"
    lead: str
    verdicts: Table | None


@dataclass(frozen=True, slots=True)
class AddedValueSection:
    """What each biomarker adds to routine bloods and chosen scores.

    Parameters
    ----------
    lead : str
        What the base is and what is absent from it.
    reading : tuple of str
        How to read the columns, one sentence each.
    forests : tuple of FigureWithNote
        Adjusted effects.
    compared, not_compared : Table or None
    """

    template: ClassVar[str] = "added_value.html"
    anchor: ClassVar[str] = "added-value"
    heading: ClassVar[str] = "Does it add to routine bloods?"
    lead: str
    reading: tuple[str, ...]
    forests: tuple[FigureWithNote, ...]
    compared: Table | None
    not_compared: Table | None


@dataclass(frozen=True, slots=True)
class AgreementSection:
    """Published markers against this study, line by line."""

    template: ClassVar[str] = "agreement.html"
    anchor: ClassVar[str] = "evidence"
    heading: ClassVar[str] = "Against the published evidence"
    lead: str
    answered: Table | None
    unmeasured: Table | None


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
class BiomarkerSection:
    """One biomarker: everything that is known about it.

    Parameters
    ----------
    anchor : str
        Id in the page.
    name : str
        Name for people.
    headline : str
        Smallest q and what it belongs to, in one line.
    facts : tuple of Fact
    figures : tuple of FigureWithNote
    evidence : tuple of EvidenceLine
    associations : Table
    statuses : tuple of str
        Sentences that stand in place of an estimate, or say how to read one.
    """

    template: ClassVar[str] = "biomarker.html"
    anchor: str
    name: str
    headline: str
    facts: tuple[Fact, ...]
    figures: tuple[FigureWithNote, ...]
    evidence: tuple[EvidenceLine, ...]
    associations: Table
    statuses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DetailsSection:
    """Each biomarker in a part of its own; `biomarkers` holds their rendered templates."""

    template: ClassVar[str] = "details.html"
    anchor: ClassVar[str] = "each-biomarker"
    heading: ClassVar[str] = "Each biomarker"
    biomarkers: tuple[str, ...]


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
