"""What one line of the evidence is: a biomarker, a perturbation, a claim, a population."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Biomarker", "Claim", "Perturbation", "Population", "Source"]


@dataclass(frozen=True, slots=True)
class Source:
    """A publication that lines of the evidence come from."""

    id: str
    citation: str
    doi: str


@dataclass(frozen=True, slots=True)
class Biomarker:
    """One published biomarker: a feature, a therapy, an endpoint, one group of tumours.

    Parameters
    ----------
    evidence_id : str
        Unique: the feature with a running number.
    feature_id, feature, unit : str
        Id, name and unit of what is measured.
    timepoint, therapy, endpoint : str
    favourable_direction : {"low", "high"}
        Which values go with the good outcome.
    tumours : tuple of str
    stage : str
        M, NM, M/NM or unspecified.
    references : tuple of str
        Numbers in the review's list, or author and year.
    source : str
        Where in the source the line stands.
    citation : str
        The source in words.
    """

    evidence_id: str
    feature_id: str
    feature: str
    unit: str
    timepoint: str
    therapy: str
    endpoint: str
    favourable_direction: Literal["low", "high"]
    tumours: tuple[str, ...]
    stage: str
    references: tuple[str, ...]
    source: str
    citation: str

    @property
    def sentence(self) -> str:
        """The line in one sentence."""
        level = "low" if self.favourable_direction == "low" else "high"
        when = "" if self.timepoint == "not stated" else f" ({self.timepoint})"
        outcome = {
            "response": "response",
            "OS": "longer survival",
            "PFS": "longer progression-free survival",
            "relapse": "fewer relapses",
            "prognosis": "better prognosis",
            "survival": "longer survival",
        }.get(self.endpoint, f"a better outcome ({self.endpoint})")
        therapy = "" if self.therapy == "any" else f" under {self.therapy}"
        stage = "" if self.stage == "unspecified" else f" ({self.stage})"
        feature = self.feature[0].upper() + self.feature[1:]
        tumours = ", ".join(self.tumours)
        return f"{feature}{when}: {level} goes with {outcome}{therapy} in {tumours}{stage}."


@dataclass(frozen=True, slots=True)
class Perturbation:
    """One published change of a peripheral population in cancer, against tumour-free hosts."""

    evidence_id: str
    population: str
    cell_ontology: str
    change: Literal["up", "down"]
    readout: str
    species: str
    tumours: tuple[str, ...]
    stage: str
    references: tuple[str, ...]
    source: str
    citation: str

    @property
    def sentence(self) -> str:
        """The line in one sentence."""
        stage = "" if self.stage == "unspecified" else f" ({self.stage})"
        return (
            f"{self.population}, {self.readout}: {self.change} in {self.species} with "
            f"{', '.join(self.tumours)} tumours{stage}."
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable statement: an observable in a place, a contrast, a sign.

    `direction` is the sign of the observable under `condition` relative to `comparator`; `day`,
    `value_low` and `value_high` stay as the source writes them, empty where it gives none.
    """

    evidence_id: str
    section: str
    compartment: str
    observable: str
    condition: str
    comparator: str
    direction: str
    magnitude: str
    species: str
    tumours: tuple[str, ...]
    references: tuple[str, ...]
    quote_pointer: str
    kind: str
    simulatable: bool
    reason_if_not: str
    day: str
    value_low: str
    value_high: str
    citation: str

    @property
    def sentence(self) -> str:
        """The statement in one sentence."""
        place = "" if self.compartment == "none" else f" in {self.compartment}"
        against = f" against {self.comparator}" if self.comparator else ""
        sign = "" if self.direction == "value" else f": {self.direction}"
        note = f" ({self.magnitude})" if self.magnitude else ""
        return f"{self.observable}{place}, {self.condition}{against}{sign}{note}."


@dataclass(frozen=True, slots=True)
class Population:
    """A cell population by its id, name, Cell Ontology id, usual parent and other names."""

    id: str
    name: str
    cell_ontology: str
    parent: str
    aliases: tuple[str, ...]
