"""Events of a few populations with known members, for tests."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry import Events, Transform
from macroimmune.evidence import Hierarchy, PopulationDefinition, gating_hierarchy
from macroimmune.evidence.population_definition import parse_signs
from macroimmune.study.panels import Panel, PanelChannel

MARKERS = ("CD45", "CD3", "CD19", "CD14", "CD56", "CD4", "CD8")
# Mean arcsinh of each population in each marker; SD 0.45.
LEVELS = {
    "cd4_t": (5.0, 4.4, 0.2, 0.2, 0.2, 4.2, 0.2),
    "cd8_t": (5.0, 4.4, 0.2, 0.2, 0.2, 0.2, 4.6),
    "b_cell": (5.0, 0.2, 4.0, 0.2, 0.2, 0.2, 0.2),
    "nk": (5.0, 0.2, 0.2, 0.2, 3.0, 0.2, 0.5),
    "monocyte": (4.5, 0.2, 0.2, 4.7, 0.2, 1.0, 0.2),
}
SHARES = {"cd4_t": 0.40, "cd8_t": 0.2, "b_cell": 0.1, "nk": 0.1, "monocyte": 0.2}


def hierarchy() -> Hierarchy:
    """Return the populations that the markers show."""
    return gating_hierarchy(frozenset(MARKERS), "human")


def drawn_events(
    n_cells: int, rng: np.random.Generator, *, shift: float = 0.0
) -> tuple[Events, NDArray[np.uint8], NDArray[np.str_]]:
    """Return events of one file, their kinds (all cells), and the population of each."""
    names = rng.choice(list(SHARES), n_cells, p=list(SHARES.values()))
    means = np.array([LEVELS[name] for name in names])
    values = means + 0.45 * rng.standard_normal(means.shape) + shift
    return events_of(values, MARKERS), np.zeros(n_cells, np.uint8), names


def events_of(values: NDArray[np.float64], markers: tuple[str, ...]) -> Events:
    """Return values of markers as the events of a file."""
    panel = Panel("drawn", tuple(PanelChannel(m, m, "lineage") for m in markers))
    return Events(
        file="drawn.fcs",
        panel=panel,
        values=np.asfortranarray(values, np.float32),
        transforms=(Transform("arcsinh", 5.0),) * len(markers),
        technology="mass",
        is_compensated=False,
        ranges=np.full(len(markers), np.nan),
        remarks=(),
    )


def population(name: str, parent: str, signs: str) -> PopulationDefinition:
    """Return a definition of a population."""
    return PopulationDefinition(
        population=name,
        species="human",
        kind="lineage",
        preference=1,
        parent=parent,
        signs=parse_signs(signs),
        excluding=(),
        union=(),
        optional=frozenset(),
        material="",
        standard="",
        note="",
        source=(),
    )
