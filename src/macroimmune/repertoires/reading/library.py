"""One library: where chains came from, whose they are and what was counted."""

from dataclasses import dataclass

__all__ = ["Library"]


@dataclass(frozen=True, slots=True)
class Library:
    """A source of chains: a file, or the rows of a sample in table `clonotypes`.

    Parameters
    ----------
    participant_id, sample_id, compartment, batch : str
    days_from_treatment_start : float or None
    population : str
        Id of the population that was sorted; empty: all T cells.
    library : str
        Its name among several of one sample; empty where there is one, or nobody said.
    counted : str
        templates, umis, cells or reads; empty where nobody said.
    file : str
        Where it was read from.
    """

    participant_id: str
    sample_id: str
    days_from_treatment_start: float | None
    compartment: str
    batch: str
    population: str
    library: str
    counted: str
    file: str

    def repertoire_id(self, chain: str, population: str) -> str:
        """Return the id of the repertoire that it belongs to."""
        return ":".join(part for part in (self.sample_id, chain, population, self.counted) if part)
