"""The publications that the evidence comes from, and how a line of it is cited."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from macroimmune.evidence.phrases import listed
from macroimmune.evidence.tables import table

__all__ = ["Source", "cite", "sources"]


@dataclass(frozen=True, slots=True)
class Source:
    """A publication.

    Parameters
    ----------
    id : str
        Unique among all lines of the evidence.
    label : str
        How tables name it: author and year.
    authors, title, journal, year, volume, pages, doi : str
        Empty where it was not seen.
    verified_against : str
        Where these details were read.
    """

    id: str
    label: str
    authors: str
    title: str
    journal: str
    year: str
    volume: str
    pages: str
    doi: str
    verified_against: str

    @property
    def evidence_id(self) -> str:
        """The id, under the name that every line of the evidence has."""
        return self.id

    @property
    def sentence(self) -> str:
        """The title as a sentence."""
        return f"{self.title}."

    @property
    def citation(self) -> str:
        """Authors, title, journal and doi."""
        place = ":".join(part for part in (self.volume, self.pages) if part)
        when = f"{self.year};{place}" if place else self.year
        authors = self.authors.rstrip(".")
        opening = f"{authors}. " if authors else ""
        return f"{opening}{self.title}. {self.journal} {when}. doi:{self.doi}"

    @property
    def short(self) -> str:
        """First author and year, or what it is, with the doi."""
        who = re.sub(r" [A-Z].*| et al\.", " et al.", self.authors)
        return f"{who} {self.year} ({self.journal}, doi:{self.doi})"


@cache
def sources() -> MappingProxyType[str, Source]:
    """Return the publications of the evidence, by id."""
    return MappingProxyType({row["id"]: Source(**row) for row in table("sources")})


def cite(source_id: str, place: str, references: Sequence[str]) -> str:
    r"""Return how a line of the evidence is cited.

    Parameters
    ----------
    source_id : str
        The document that the line was taken from.
    place : str
        Where in that document.
    references : sequence of str
        What the document itself cites there: numbers of its own list, or author and year.

    Notes
    -----
    Convention: numbers stay numbers of that document's list; they are not resolved to titles
    that nobody checked.

    Examples
    --------
    >>> cite("review", "Table 2", ("132", "133")).split(", ")[2:]
    ['Table 2', 'its references 132 and 133']
    """
    document = sources()[source_id]
    labels = {source.label: source for source in sources().values()}
    numbers = [reference for reference in references if reference.isdigit()]
    works = [
        labels[reference].short if reference in labels else reference
        for reference in references
        if not reference.isdigit()
    ]
    words = [document.short, place]
    if numbers:
        words.append(f"its reference{'s' if len(numbers) > 1 else ''} {listed(numbers)}")
    if works:
        words.append(f"on {listed(works)}")
    return ", ".join(word for word in words if word)
