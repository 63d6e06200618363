"""What the templates of biomarkers and outcome receive."""

from dataclasses import dataclass
from typing import ClassVar

from macroimmune.report.page_parts import EvidenceLine, Fact, FigureWithNote
from macroimmune.report.tables import Table

__all__ = [
    "AddedValueSection",
    "AgreementSection",
    "BiomarkerSection",
    "BiomarkersSection",
    "CompetingSection",
    "CutPointsSection",
    "DetailsSection",
    "MetaSection",
    "PredictiveSection",
    "TrajectoriesSection",
]


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
