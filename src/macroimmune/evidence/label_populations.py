"""Labels of cells as populations of the vocabulary, each cell also in the wider ones."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from macroimmune.evidence.population import find_population, populations

__all__ = ["populations_of_label", "populations_of_labels"]

# All live cells of a sample of blood, more or less: they say what "" says.
_TOO_WIDE = frozenset({"leukocytes", "pbmc", "lymphocytes", "myeloid_cells"})
# Operational definitions that are made of others: CCR7- cells with CD45RA and without.
_PARTS = MappingProxyType({"effector_cd4": ("em_cd4", "temra_cd4")})


def populations_of_label(label: str) -> tuple[str, ...]:
    """Return the populations of a cell with a label, the narrowest first.

    Parameters
    ----------
    label : str
        As the laboratory writes it; one that the vocabulary lacks is kept as it is.

    Examples
    --------
    >>> populations_of_label("CD4 TEM")
    ('em_cd4', 'effector_cd4', 'cd4_t', 't_cell')
    >>> populations_of_label("CD4 effector"), populations_of_label("cluster 7")
    (('effector_cd4', 'cd4_t', 't_cell'), ('cluster 7',))
    """
    if not label:
        return ()
    known = find_population(label)
    if known is None:
        return (label,)
    parents = {one.id: one.parent for one in populations()}
    chain = [known.id]
    while parents[chain[-1]]:
        chain.append(parents[chain[-1]])
    wider = [whole for whole, members in _PARTS.items() if known.id in members]
    found = [chain[0], *wider, *chain[1:]]
    return tuple(one for one in found if one not in _TOO_WIDE or one == chain[0])


def populations_of_labels(labels: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the labels of each population, in order of the labels.

    Examples
    --------
    >>> dict(populations_of_labels(["NK", "NK CD56bright"]))
    {'nk': ('NK', 'NK CD56bright'), 'nk_cd56_bright': ('NK CD56bright',)}
    """
    found: dict[str, list[str]] = {}
    for label in dict.fromkeys(labels):
        for population in populations_of_label(label):
            found.setdefault(population, []).append(label)
    return MappingProxyType({name: tuple(ones) for name, ones in found.items()})
