"""The vocabulary of cell populations: ids, names, Cell Ontology terms and other names."""

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from macroimmune.evidence.phrases import capitalised
from macroimmune.evidence.population_definition import (
    PopulationDefinition,
    population_definitions,
)
from macroimmune.evidence.tables import parts, table
from macroimmune.evidence.wording import words_of

__all__ = ["Population", "find_population", "ontology_terms", "populations"]


@dataclass(frozen=True, slots=True)
class Population:
    """A cell population.

    Parameters
    ----------
    id : str
        Unique among all lines of the evidence.
    name : str
    cell_ontology : str
        Id in the Cell Ontology, empty where no term fits.
    parent : str
        Id of the population that it is a part of, empty at the top.
    aliases : tuple of str
        Other names; case, plural, plus signs and the order of words do not matter.
    """

    id: str
    name: str
    cell_ontology: str
    parent: str
    aliases: tuple[str, ...]

    @property
    def evidence_id(self) -> str:
        """The id, under the name that every line of the evidence has."""
        return self.id

    @property
    def definitions(self) -> tuple[PopulationDefinition, ...]:
        """How it is told by markers: human before mouse, the one of choice before fall-backs."""
        return _definitions().get(self.id, ())

    @property
    def sentence(self) -> str:
        """The population in one sentence, with its definition of choice in each species."""
        parent = next((other.name for other in populations() if other.id == self.parent), "")
        of_parent = f", a part of {parent}" if parent else ""
        others = f"; also {', '.join(self.aliases)}" if self.aliases else ""
        told = "".join(
            f"; {one.species}: {one.phrase}" for one in self.definitions if one.preference == 1
        )
        return capitalised(f"{self.name}{of_parent}{others}{told}.")

    @property
    def citation(self) -> str:
        """The term of the Cell Ontology, or that there is none."""
        if not self.cell_ontology:
            return "vocabulary of macroimmune; no fitting term in the Cell Ontology"
        label, verified_against = ontology_terms()[self.cell_ontology]
        return f"{self.cell_ontology} {label}; {verified_against}"


@cache
def ontology_terms() -> MappingProxyType[str, tuple[str, str]]:
    """Return the Cell Ontology terms in use: label, and the file that it was read in, by id."""
    return MappingProxyType({
        row["id"]: (row["label"], row["verified_against"]) for row in table("cell_ontology")
    })


@cache
def _definitions() -> MappingProxyType[str, tuple[PopulationDefinition, ...]]:
    found: dict[str, list[PopulationDefinition]] = {}
    for one in (*population_definitions("human"), *population_definitions("mouse")):
        found.setdefault(one.population, []).append(one)
    return MappingProxyType({name: tuple(ones) for name, ones in found.items()})


@cache
def populations() -> tuple[Population, ...]:
    """Return the populations that tables may name, wider ones first."""
    return tuple(
        Population(
            id=row["id"],
            name=row["name"],
            cell_ontology=row["cell_ontology"],
            parent=row["parent"],
            aliases=parts(row["aliases"]),
        )
        for row in table("populations")
    )


def find_population(name: str) -> Population | None:
    """Return the population that a name means, None where it is not known.

    Parameters
    ----------
    name : str
        An id, a name or another name.

    Notes
    -----
    Convention: compared by words, in any order and without case, plural, plus signs and hyphens
    (see `words_of`); the words `cell` and `lymphocyte` may be left out or added where that
    leaves one meaning.

    Examples
    --------
    >>> find_population("CD4+ T cells").id, find_population("T regulatory cells").id
    ('cd4_t', 'treg')
    >>> find_population("CD4- T cells") is None
    True
    """
    words = words_of(name)
    known = _by_words()
    return known.get(_key(words)) or known.get(_key(_without_cell(words)))


def _key(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(words))


def _without_cell(words: tuple[str, ...]) -> tuple[str, ...]:
    rest = tuple(word for word in words if word not in {"cell", "lymphocyte"})
    return rest or words


@cache
def _by_words() -> MappingProxyType[tuple[str, ...], Population]:
    """Index every name; names as they are written go before those without `cell`."""
    names: dict[tuple[str, ...], Population] = {}
    for shorten in (False, True):
        for population in populations():
            for name in (population.id, population.name, *population.aliases):
                words = words_of(name)
                # "plasma cells" shortened would claim the word plasma, which is no cell.
                if shorten and len(words) < 3:
                    continue
                names.setdefault(_key(_without_cell(words) if shorten else words), population)
    return MappingProxyType(names)
