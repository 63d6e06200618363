"""Published changes of peripheral immune populations in cancer."""

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from macroimmune.evidence.biomarker import tidy_place
from macroimmune.evidence.phrases import capitalised, in_tumours
from macroimmune.evidence.source import cite
from macroimmune.evidence.tables import parts, table

__all__ = ["Perturbation", "perturbations"]


@dataclass(frozen=True, slots=True)
class Perturbation:
    """One published change of a population in tumour-bearing hosts.

    Parameters
    ----------
    evidence_id : str
        Unique: `T1-` with the number of the line.
    population : str
        As the table names it; `find_population` gives the entry of the vocabulary.
    cell_ontology : str
        Id in the Cell Ontology, empty where no term fits.
    change : {"up", "down"}
    readout : str
        What changes: frequency, diversity, a receptor, a response.
    species : {"human", "mouse"}
    tumours : tuple of str
    stage : str
        M, NM, M/NM or unspecified.
    references : tuple of str
        Numbers in the list of the source.
    source : str
        Document and place in it, as the table writes it.
    """

    evidence_id: str
    population: str
    cell_ontology: str
    change: Literal["up", "down"]
    readout: str
    species: Literal["human", "mouse"]
    tumours: tuple[str, ...]
    stage: str
    references: tuple[str, ...]
    source: str

    @property
    def citation(self) -> str:
        """The source in words."""
        document, place = self.source.split(":", maxsplit=1)
        return cite(document, tidy_place(place), self.references)

    @property
    def sentence(self) -> str:
        """The line as one plain sentence."""
        hosts = "people" if self.species == "human" else "mice"
        return capitalised(
            f"{self.population} {self.readout}: {self.change} in {hosts} with "
            f"{in_tumours(self.tumours, self.stage)}."
        )


@cache
def perturbations() -> tuple[Perturbation, ...]:
    """Return the published changes of populations, in the order of the table.

    Examples
    --------
    >>> perturbations()[29].sentence
    'Regulatory T cell frequency: up in people with lung cancer and gastric cancer (M/NM).'
    """
    return tuple(
        Perturbation(
            evidence_id=f"T1-{number:02d}",
            population=row["population"],
            cell_ontology=row["cell_ontology"],
            change=cast(Literal["up", "down"], row["change"]),
            readout=row["readout"],
            species=cast(Literal["human", "mouse"], row["species"]),
            tumours=parts(row["tumour"]),
            stage=row["stage"],
            references=parts(row["refs"]),
            source=row["source"],
        )
        for number, row in enumerate(table("perturbations"), start=1)
    )
