"""What the templates of stimulation and responsiveness receive."""

from dataclasses import dataclass
from typing import ClassVar

from macroimmune.report.page_parts import EvidenceLine, Fact, FigureWithNote
from macroimmune.report.tables import Table

__all__ = [
    "DoseSection",
    "PreEncodedSection",
    "ResponseOutcomeSection",
    "ResponsivenessSection",
    "StimulationChecksSection",
    "StimulationSection",
]


@dataclass(frozen=True, slots=True)
class StimulationSection:
    """What stimuli do to the markers of each population.

    Parameters
    ----------
    lead : str
        Pairs, donors and stimuli.
    told : tuple of str
        What was left out and why; on how many cells estimates rest.
    figures : tuple of FigureWithNote
        Heat maps by donor, then paired densities.
    effects : Table or None
        None where no response could be estimated.
    """

    template: ClassVar[str] = "stimulation.html"
    anchor: ClassVar[str] = "stimulation"
    heading: ClassVar[str] = "Response to stimulation"
    lead: str
    told: tuple[str, ...]
    figures: tuple[FigureWithNote, ...]
    effects: Table | None


@dataclass(frozen=True, slots=True)
class ResponsivenessSection:
    """The score of each donor, and what it rests on.

    Parameters
    ----------
    lead : str
    told : tuple of str
        The reference, what the interval holds, how many are in which group.
    figures : tuple of FigureWithNote
        Scores with intervals; the unstimulated level against the score.
    scores : Table or None
        Each marker list and population in a row.
    definitions, reference : Table or None
        Other definitions of the population; medians of the reference.
    gene_sets, counts : Table or None
        Scores of single-cell RNA, and the files of counts they are from.
    """

    template: ClassVar[str] = "responsiveness.html"
    anchor: ClassVar[str] = "responsiveness"
    heading: ClassVar[str] = "Responsiveness score"
    lead: str
    told: tuple[str, ...]
    figures: tuple[FigureWithNote, ...]
    scores: Table | None
    definitions: Table | None
    reference: Table | None
    gene_sets: Table | None
    counts: Table | None


@dataclass(frozen=True, slots=True)
class ResponseOutcomeSection:
    """Responsiveness against survival and response to treatment.

    Parameters
    ----------
    lead : str
    figures : tuple of FigureWithNote
        Naive, corrected and adjusted effects.
    sizes : tuple of str
        Which effect the study could have seen, a sentence each.
    effects : Table
    evidence : tuple of EvidenceLine
        Published lines that speak to the features.
    links : tuple of Fact
        Name and anchor of each feature's own part.
    """

    template: ClassVar[str] = "response_outcome.html"
    anchor: ClassVar[str] = "responsiveness-and-outcome"
    heading: ClassVar[str] = "Responsiveness and outcome"
    lead: str
    figures: tuple[FigureWithNote, ...]
    sizes: tuple[str, ...]
    effects: Table | None
    evidence: tuple[EvidenceLine, ...]
    links: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class StimulationChecksSection:
    """Whether the stimulus worked on every plate, and which wells stand alone.

    Parameters
    ----------
    lead : str
    failed : tuple of str
        A sentence for each failed stimulation.
    plates, alone : Table or None
        Every batch; wells without partner.
    links : tuple of Fact
        Name and anchor of checks in other sections.
    """

    template: ClassVar[str] = "stimulation_checks.html"
    anchor: ClassVar[str] = "stimulation-checks"
    heading: ClassVar[str] = "Checks of the stimulation"
    lead: str
    failed: tuple[str, ...]
    plates: Table | None
    alone: Table | None
    links: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class DoseSection:
    """Levels by dose of the stimulus, and the dose with half the effect."""

    template: ClassVar[str] = "dose.html"
    anchor: ClassVar[str] = "dose"
    heading: ClassVar[str] = "Dose and response"
    lead: str
    figures: tuple[FigureWithNote, ...]
    curves: Table | None


@dataclass(frozen=True, slots=True)
class PreEncodedSection:
    """Whether cells at rest tell how they will respond."""

    template: ClassVar[str] = "pre_encoded.html"
    anchor: ClassVar[str] = "pre-encoded"
    heading: ClassVar[str] = "Is the response pre-encoded?"
    lead: str
    figures: tuple[FigureWithNote, ...]
    models: Table
