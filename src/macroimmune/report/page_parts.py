"""What several sections of the page are made of: facts, figures with notes, published lines."""

from dataclasses import dataclass

from macroimmune.report.svg import Figure

__all__ = ["EvidenceLine", "Fact", "FigureWithNote", "RemarkItem"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what is known under it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class FigureWithNote:
    """A figure, its heading in the page and a sentence on how to read it."""

    heading: str
    figure: Figure
    note: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A published statement, its citation and what this study says to it.

    Parameters
    ----------
    evidence_id, sentence, citation : str
        From the evidence; sentence and citation are empty where it does not know the id.
    verdict, reason, endpoint : str
        From the table of agreement.
    """

    evidence_id: str
    sentence: str
    citation: str
    verdict: str
    reason: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class RemarkItem:
    """One item of the REMARK profile; `is_answered` is False where the tables cannot say."""

    number: int
    asks: str
    answer: str
    is_answered: bool
