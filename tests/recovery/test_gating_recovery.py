"""Shares of populations that were put into virtual FCS files lie in the intervals of the gates."""

import numpy as np
import polars as pl
import pytest

from macroimmune.cytometry.gating import fit_thresholds, gate_events, shrink_thresholds
from macroimmune.cytometry.opening import open_events
from macroimmune.cytometry.preparing import classify_events
from macroimmune.evidence import gating_hierarchy
from macroimmune.simulator.cytometry import Well
from macroimmune.simulator.cytometry.tube_files import TubeTask, write_tube
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import CytometryPlan

SEED = 41
PERCENT = np.array([leaf.percent_of_pbmc for leaf in LEAVES.values()])
CD4 = ["naive_cd4", "cm_cd4", "em_cd4", "temra_cd4", "naive_treg", "effector_treg"]
CD8 = ["naive_cd8", "cm_cd8", "em_cd8", "temra_cd8", "cd8_senescent", "ki67_cd8"]
T = [*CD4, *CD8, "gamma_delta_t", "mait"]
NK = ["nk_cd56_bright", "nk_mature"]
B = ["naive_b", "memory_b", "regulatory_b", "plasmablast"]
MONOCYTES = ["classical_monocyte", "intermediate_monocyte"]
# Leaves that a population of the evidence holds. Not here: populations whose signs cut through a
# leaf, as CD45RA does through effector CD8 T cells, and regulatory T cells without FOXP3.
HELD = {
    "t_cell": T, "b_cell": B, "nk": NK, "lymphocytes": [*T, *B, *NK],
    "gamma_delta_t": ["gamma_delta_t"], "mait": ["mait"], "cd4_t": CD4, "cd8_t": CD8,
    "naive_cd4": ["naive_cd4"], "cm_cd4": ["cm_cd4"], "effector_cd4": ["em_cd4", "temra_cd4"],
    "naive_cd8": ["naive_cd8"], "nk_cd56_bright": ["nk_cd56_bright"], "nk_mature": ["nk_mature"],
    "memory_b": ["memory_b", "plasmablast"],
    "cd14_myeloid": [*MONOCYTES, "m_mdsc"], "m_mdsc": ["m_mdsc"], "monocyte": MONOCYTES,
}  # fmt: skip
SCENARIOS = {
    "mass": ("mass_t_cell", {}),
    "dead, batch and donor shift": (
        "mass_t_cell",
        {"dead": 0.2, "donor_shift": 0.2, "batch_shift": 0.16, "batch_gain": 0.16},
    ),
    "spillover": ("fluorescence_t_cell", {"spillover": 0.4, "dead": 0.1, "batch_shift": 0.12}),
}


def gated_tubes(folder, panel: str, settings: dict[str, float], n_files: int, n_events: int):
    """Return the counts of each file with what its live single cells are."""
    plan = CytometryPlan(events_per_file=n_events, **settings)
    rng = np.random.default_rng(SEED)
    opened, kinds, truths = [], [], []
    for number in range(n_files):
        shares = PERCENT * np.exp(0.3 * rng.standard_normal(len(PERCENT)))
        name = f"P{number}"
        well = Well(name, name, 0.0, panel, "unstimulated", number % 3, shares / shares.sum())
        files = (folder / f"{name}.fcs", folder / f"{name}.parquet")
        write_tube(TubeTask(SEED, plan, well), files)
        opened.append(open_events(files[0]))
        kinds.append(classify_events(opened[-1]).kinds)
        truth = pl.read_parquet(files[1]).filter(pl.col("kind") == "live")
        truths.append(truth["leaf"].cast(pl.String).to_numpy())
    hierarchy = gating_hierarchy(opened[0].panel.lineage_antigens, "human")
    fitted = [fit_thresholds(e, k, hierarchy, rng=rng) for e, k in zip(opened, kinds, strict=True)]
    shrunk = shrink_thresholds(fitted)
    return [
        (gate_events(events, kind, hierarchy, own), leaves)
        for events, kind, own, leaves in zip(opened, kinds, shrunk, truths, strict=True)
    ]


def held(tubes) -> dict[str, list[bool]]:
    """Return of each population above 0.5 % whether the interval holds the share, file by file."""
    result: dict[str, list[bool]] = {}
    for gated, leaves in tubes:
        names = gated.hierarchy.names
        for one in gated.counts:
            if one.population not in HELD:
                continue
            true, parent = (
                np.isin(leaves, members_of(name, names)).sum() if name in HELD else len(leaves)
                for name in (one.population, one.parent)
            )
            if true > 0.005 * len(leaves):
                share = true / parent
                is_held = one.ci_low <= share <= one.ci_high
                result.setdefault(one.population, []).append(bool(is_held))
    return result


def members_of(name: str, names: tuple[str, ...]) -> list[str]:
    """Return the leaves of a population; a panel without TCRVa7.2 counts MAIT as CD8 T cells."""
    return [*CD8, "mait"] if name == "cd8_t" and "mait" not in names else HELD[name]


def test_shares_of_a_small_mass_study_lie_in_their_intervals(tmp_path) -> None:
    result = held(gated_tubes(tmp_path, *SCENARIOS["mass"], n_files=4, n_events=8000))
    assert len(result) > 12
    assert np.mean([one for row in result.values() for one in row]) > 0.95


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_shares_lie_in_their_intervals_at_the_nominal_rate(tmp_path, scenario) -> None:
    result = held(gated_tubes(tmp_path, *SCENARIOS[scenario], n_files=10, n_events=15_000))
    for population, row in result.items():
        # One file of ten may miss by chance; two do so with probability 0.09.
        assert np.mean(row) >= 0.8, population
    assert np.mean([one for row in result.values() for one in row]) > 0.95
