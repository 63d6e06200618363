"""One population under its many names."""

import re
from functools import cache
from types import MappingProxyType

from macroimmune.evidence.records import Population
from macroimmune.evidence.tables import populations

__all__ = ["find_population"]


def find_population(name: str) -> Population | None:
    """Return the population that a name means, None where it is not known.

    Parameters
    ----------
    name : str
        Compared without case, spaces and the order of nothing else: `CD4+ T cells`, `CD4 T cell`
        and `cd4 t-cells` are one name; `CD4-` is not.

    Examples
    --------
    >>> find_population("Tregs").id, find_population("CD4+ T cells").id
    ('treg', 'cd4_t')
    >>> find_population("CD4- T cells") is None
    True
    """
    return _by_name().get(_fold(name))


def _fold(name: str) -> str:
    """Fold what does not change the meaning; a minus sign behind a marker does."""
    text = name.lower().replace("\u2212", "-").replace("\u2013", "-").replace("_", " ")
    text = re.sub(r"\bt[- ]reg(s|ulatory cells?)?\b|\btregs\b", "treg", text)
    text = re.sub(r"(?<=[a-z])-(?=cells?\b)|(?<=\bt)-(?=lymph)", " ", text)
    # CD45RA- CD28-: the sign belongs to the marker; PMN-MDSC: the hyphen joins two words.
    text = re.sub(r"(?<=[a-z0-9])-(?=[\s,;+)/]|$|cd\d)", " neg ", text)
    text = re.sub(r"(?<=[a-z0-9])\+", " ", text)
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    singular = [re.sub(r"(?<=[a-z]{3})s$", "", word) for word in words]
    return " ".join(
        word for word in singular if word not in {"cell", "lymphocyte"} or len(words) == 1
    )


@cache
def _by_name() -> MappingProxyType[str, Population]:
    names: dict[str, Population] = {}
    for population in populations():
        for name in (population.id, population.name, *population.aliases):
            names.setdefault(_fold(name), population)
    return MappingProxyType(names)
