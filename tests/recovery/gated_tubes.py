"""Virtual files whose populations are known, and what gates say of them; tests and a benchmark.

The truth is what the cells of a file were drawn from. An interval carries counting, so the share it
is about is that of the blood; the share in the file has no error of counting, and an interval holds
it more often than the nominal rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.cytometry import Events, PopulationCount
from macroimmune.cytometry.gating import fit_thresholds, gate_events, shrink_thresholds
from macroimmune.cytometry.opening import open_events
from macroimmune.cytometry.preparing import classify_events
from macroimmune.evidence import Hierarchy, gating_hierarchy
from macroimmune.simulator.cytometry import Well
from macroimmune.simulator.cytometry.tube_files import TubeTask, write_tube
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import CytometryPlan

SEED = 41
PANELS = ("mass_t_cell", "fluorescence_t_cell", "fluorescence_myeloid")
SCENARIOS: dict[str, dict[str, float]] = {
    "default": {},
    "spillover": {"spillover": 0.4},
    "dead": {"dead": 0.2},
    "batch shift": {"batch_shift": 0.16, "batch_gain": 0.16},
    "donor shift": {"donor_shift": 0.2},
    "all together": {
        "spillover": 0.4,
        "dead": 0.2,
        "batch_shift": 0.16,
        "batch_gain": 0.16,
        "donor_shift": 0.2,
    },  # fmt: skip
}
LEAST_SHARE = 0.005

CD4 = ["naive_cd4", "cm_cd4", "em_cd4", "temra_cd4", "naive_treg", "effector_treg"]
CD8 = ["naive_cd8", "cm_cd8", "em_cd8", "temra_cd8", "cd8_senescent", "ki67_cd8"]
T = [*CD4, *CD8, "gamma_delta_t", "mait"]
B = ["naive_b", "memory_b", "regulatory_b", "plasmablast"]
NK = ["nk_cd56_bright", "nk_mature"]
OF_CD14 = ["classical_monocyte", "intermediate_monocyte", "m_mdsc"]
MONOCYTES = [*OF_CD14[:2], "non_classical_monocyte"]
DENDRITIC = ["cdc1", "cdc2", "pdc", "hspc"]
# Leaves of virtual blood in a population of the evidence, with the share of the leaf that carries
# its signs where that is not all of it (phenotypes of the simulator).
HELD: dict[str, list[str] | dict[str, float]] = {
    "leukocytes": list(LEAVES), "t_cell": T, "b_cell": B, "nk": NK, "lymphocytes": [*T, *B, *NK],
    "gamma_delta_t": ["gamma_delta_t"], "mait": ["mait"], "cd4_t": CD4, "cd8_t": CD8,
    "treg": CD4[4:], "treg_naive_effector": CD4[4:],
    "naive_treg": ["naive_treg"], "effector_treg": ["effector_treg"],
    "naive_cd4": ["naive_cd4"], "cm_cd4": ["cm_cd4"], "em_cd4": ["em_cd4"],
    "temra_cd4": ["temra_cd4"], "memory_cd4": ["cm_cd4", "em_cd4"],
    "effector_cd4": ["em_cd4", "temra_cd4"],
    "naive_cd8": ["naive_cd8"], "cm_cd8": ["cm_cd8"],
    "em_cd8": {"em_cd8": 1, "cd8_senescent": 0.4, "ki67_cd8": 1},
    "temra_cd8": {"temra_cd8": 1, "cd8_senescent": 0.6},
    "memory_cd8": {"cm_cd8": 1, "em_cd8": 1, "cd8_senescent": 0.4, "ki67_cd8": 1},
    "effector_cd8": ["em_cd8", "temra_cd8", "cd8_senescent", "ki67_cd8"],
    # CD57, KLRG1 and no CD28: 0.35 x 0.7 x 0.85 of the terminal ones.
    "cd8_senescent": {"cd8_senescent": 1, "temra_cd8": 0.208},
    "nk_cd56_bright": ["nk_cd56_bright"], "nk_mature": ["nk_mature"], "nk_cd16": ["nk_mature"],
    "naive_b": ["naive_b", "regulatory_b"], "memory_b": ["memory_b", "plasmablast"],
    "cd14_myeloid": OF_CD14, "m_mdsc": ["m_mdsc"], "monocyte": MONOCYTES,
    "classical_monocyte": ["classical_monocyte"],
    "intermediate_monocyte": ["intermediate_monocyte"],
    "non_classical_monocyte": ["non_classical_monocyte"],
    "granulocytes": ["pmn_mdsc"], "pmn_mdsc": ["pmn_mdsc"], "mdsc": ["m_mdsc", "pmn_mdsc"],
    "myeloid_cells": [*OF_CD14, "non_classical_monocyte", "cdc1", "cdc2", "basophils"],
    "adcc_innate_effectors": ["nk_mature", "intermediate_monocyte", "non_classical_monocyte"],
    "dendritic_cell": DENDRITIC, "cdc": ["cdc1", "cdc2", "hspc"], "basophils": ["basophils"],
}  # fmt: skip
_WITHOUT_FOXP3 = {
    "treg": {"naive_treg": 0.0},
    "treg_naive_effector": {"naive_treg": 0.0},
    "naive_cd4": {"naive_treg": 1.0},
}
# Populations above 0.5 % of which no leaf tells how many there are, and why.
NO_TRUTH = {
    "nkt": "no leaf is one: T cells with another cell or dye in the channel of CD56",
    "treg_cd45ra_neg_foxp3_hi": "no leaf is one: the upper part of the effector ones",
}
# Populations that intervals hold below 0.9, with the rate in the files of the benchmark (10 in
# each scenario), and why. The list was drawn up on those files: it guards against getting worse.
_MEDIUM = "CD8 T cells with medium CD45RA lie at its threshold; many are taken as without it"
_MEDIUM_CD4 = "terminal CD4 T cells have medium CD45RA; 4 in 10 are taken as memory cells"
_NO_FOXP3 = "without FOXP3, CD25hi leaves out naive regulatory T cells: it has no such parts"
_CD56 = "NK cells with little CD56 are taken as without it, more than their overlap shows"
_MASS, _FLUORESCENCE, _MYELOID = PANELS
NOT_HELD = {
    (_MASS, "em_cd8"): (0.82, _MEDIUM),
    (_MASS, "temra_cd8"): (0.82, _MEDIUM),
    (_MASS, "memory_cd8"): (0.80, _MEDIUM),
    (_MASS, "cd8_senescent"): (0.88, "terminal cells with CD57 are more in it than assumed"),
    (_FLUORESCENCE, "em_cd8"): (0.73, _MEDIUM),
    (_FLUORESCENCE, "temra_cd8"): (0.62, _MEDIUM),
    (_FLUORESCENCE, "memory_cd8"): (0.58, _MEDIUM),
    (_FLUORESCENCE, "temra_cd4"): (0.83, _MEDIUM_CD4),
    (_FLUORESCENCE, "memory_cd4"): (0.88, _MEDIUM_CD4),
    (_FLUORESCENCE, "naive_cd4"): (0.88, "some naive regulatory T cells have CD25hi"),
    (_FLUORESCENCE, "naive_treg"): (0.0, _NO_FOXP3),
    (_FLUORESCENCE, "effector_treg"): (0.0, _NO_FOXP3),
    (_FLUORESCENCE, "nk"): (0.87, _CD56),
    (_FLUORESCENCE, "lymphocytes"): (0.80, _CD56),
    (_MYELOID, "nk"): (0.85, _CD56),
    (_MYELOID, "nk_mature"): (0.88, "half a percent too low; why is not known"),
    (_MYELOID, "adcc_innate_effectors"): (0.87, _CD56),
}


@dataclass(frozen=True, eq=False)
class Tube:
    """A virtual file as it is read, with the leaves of its live single cells.

    `drawn` and `present` are shares of leaves, in the order of `LEAVES`.
    """

    events: Events
    kinds: np.ndarray
    drawn: np.ndarray
    present: np.ndarray


def drawn_tubes(
    folder: Path, panel: str, scenario: str, n_files: int, n_events: int
) -> Iterator[Tube]:
    """Write and read the files of a scenario, in three batches."""
    plan = CytometryPlan(events_per_file=n_events, **SCENARIOS[scenario])
    seed = SEED + 100 * list(SCENARIOS).index(scenario) + PANELS.index(panel)
    rng = np.random.default_rng(seed)
    percent = np.array([leaf.percent_of_pbmc for leaf in LEAVES.values()])
    for number in range(n_files):
        shares = percent * np.exp(0.3 * rng.standard_normal(len(percent)))
        name = f"P{number}"
        well = Well(name, name, 0.0, panel, "unstimulated", number % 3, shares / shares.sum())
        files = (folder / f"{name}.fcs", folder / f"{name}.parquet")
        write_tube(TubeTask(seed, plan, well), files)
        events = open_events(files[0])
        truth = pl.read_parquet(files[1]).filter(pl.col("kind") == "live")
        leaves = truth["leaf"].cast(pl.String).to_numpy()
        present = np.array([np.mean(leaves == leaf) for leaf in LEAVES])
        yield Tube(events, classify_events(events).kinds, well.fractions, present)


def gated(tubes: list[Tube]) -> Iterator[tuple[Tube, PopulationCount, Hierarchy]]:
    """Gate the files as one cohort; yield each count with its file and all populations."""
    hierarchy = gating_hierarchy(tubes[0].events.panel.lineage_antigens, "human")
    rng = np.random.default_rng(SEED)
    own = [fit_thresholds(one.events, one.kinds, hierarchy, rng=rng) for one in tubes]
    for tube, fitted in zip(tubes, shrink_thresholds(own), strict=True):
        for one in gate_events(tube.events, tube.kinds, hierarchy, fitted).counts:
            yield tube, one, hierarchy


def weights(population: str, hierarchy: Hierarchy) -> np.ndarray | None:
    """Return how much of each leaf a population of a panel holds, None where that is not known."""
    if not population:
        return np.ones(len(LEAVES))
    if population not in HELD:
        return None
    found, names = HELD[population], hierarchy.names
    is_foxp3 = any(sign.antigen == "FOXP3" for node in hierarchy.nodes for sign in node.signs)
    shares = dict(found) if isinstance(found, dict) else dict.fromkeys(found, 1.0)
    if "mait" not in names and population in {"cd8_t", "em_cd8", "memory_cd8", "effector_cd8"}:
        shares["mait"] = 1.0
    if not is_foxp3:
        # Naive ones have less CD25 than CD25hi asks for: none by these signs, but naive cells.
        shares |= _WITHOUT_FOXP3.get(population, {})
    if "non_classical_monocyte" not in names:
        moved = {"monocyte": 0.0, "dendritic_cell": 1.0}.get(population)
        if moved is not None:
            shares["non_classical_monocyte"] = moved
    return np.array([shares.get(leaf, 0.0) for leaf in LEAVES])


def rows(tubes: list[Tube]) -> dict[str, np.ndarray]:
    """Return of each population above 0.5 %, file by file: true shares, estimate, interval."""
    result: dict[str, list[tuple[float, ...]]] = {}
    for tube, one, hierarchy in gated(tubes):
        own, parent = weights(one.population, hierarchy), weights(one.parent, hierarchy)
        if own is None or parent is None or tube.drawn @ own < LEAST_SHARE:
            continue
        drawn, present = (
            (shares @ own) / (shares @ parent) for shares in (tube.drawn, tube.present)
        )
        row = (drawn, present, one.fraction, one.ci_low, one.ci_high)
        result.setdefault(one.population, []).append((*row, one.count_ci_low, one.count_ci_high))
    return {name: np.array(row) for name, row in result.items()}


def is_held(found: np.ndarray, column: int = 0) -> np.ndarray:
    """Return whether the interval holds the share drawn (0), or that in the file (1)."""
    return (found[:, 3] <= found[:, column]) & (found[:, column] <= found[:, 4])
