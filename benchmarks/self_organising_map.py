"""Cluster 2 million cells with a self-organising map: seconds and agreement with the truth.

Run from the root of the repository: ``python benchmarks/self_organising_map.py``. The cells are
those of virtual donors, measured with 25 markers of a mass-cytometry panel, donors and batches
shifted; each cell's population is known. The map is trained on 200,000 of them and applied to 2
million; peers do the same. Agreement is the adjusted Rand index, and the mean F1 of populations
matched one to one with clusters. The second table does so for the real cells of ``flowsom_wsp``
(``MACROIMMUNE_DATA``), which experts gated by hand, on each scale of the markers.

Peers: scikit-learn's MiniBatchKMeans with as many centres as nodes, grouped by Ward; and the
package ``flowsom`` (GPL, therefore never a dependency), in this Python or the one that
``FLOWSOM_PYTHON`` names. A peer that is not there is said to be absent.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment

from macroimmune.cytometry.clustering import train_clusters
from macroimmune.cytometry.opening import open_events
from macroimmune.simulator.cytometry import draw_tube, panel_of
from macroimmune.simulator.cytometry.tube_list import listed_wells
from macroimmune.simulator.people import draw_outcomes, draw_people, draw_samples
from macroimmune.simulator.plan import CytometryPlan, StudyPlan, VisitPlan
from macroimmune.statistics import group_nodes, nearest_nodes, train_self_organising_map

TRAINED, MAPPED = 200_000, 2_000_000
MARKERS = frozenset({
    "CD45", "CD3", "CD19", "CD45RA", "CD14", "CD4", "CD8", "CD57", "TCRgd", "CD127", "IL2", "PDL1",
    "PD1", "CD27", "TCRVa72", "CD28", "FOXP3", "KLRG1", "BST2", "CCR7", "Ki67", "CD25", "CD38",
    "HLADR", "CD56",
})  # fmt: skip
FLOWSOM = """
import sys, time
import numpy as np
from loguru import logger
logger.remove()
from flowsom.models import BatchFlowSOMEstimator, FlowSOMEstimator
folder, n_clusters = sys.argv[1], int(sys.argv[2])
train, every = np.load(folder + "/train.npy"), np.load(folder + "/every.npy")
for name, kind in (("default", FlowSOMEstimator), ("batch", BatchFlowSOMEstimator)):
    warm = kind(n_clusters=5, seed=1)
    warm.fit(train[:500]); warm.predict(train[:500])
    start = time.perf_counter()
    model = kind(n_clusters=n_clusters, seed=1)
    model.fit(train)
    middle = time.perf_counter()
    found = np.asarray(model.predict(every))
    end = time.perf_counter()
    np.save(folder + f"/{name}.npy", found.astype(np.int64))
    print(name, middle - start, end - middle)
"""

Scale = Callable[[np.ndarray], np.ndarray]


def virtual_cells() -> tuple[np.ndarray, np.ndarray]:
    """Return 2 million live cells in random order, and the population of each."""
    plan = StudyPlan(
        patients=20,
        seed=11,
        visits=(VisitPlan("baseline", -7, 7, 0.0), VisitPlan("week 3", 21, 2, 0.0)),
        cytometry=CytometryPlan(
            is_written=True,
            stimuli=("unstimulated",),
            participants=20,
            events_per_file=62_000,
            bridging_control=False,
        ),
    )
    people = draw_people(plan)
    samples = draw_samples(plan, people, draw_outcomes(plan, people))
    panel = panel_of("mass_t_cell")
    columns = [k for k, one in enumerate(panel.channels) if one.antigen in MARKERS]
    cells, leaves = [], []
    for item in listed_wells(plan.cytometry, people, samples):
        drawn = draw_tube(plan.seed, plan.cytometry, item.well)
        is_live = drawn.labels.kind == 0
        cells.append(np.arcsinh(drawn.events[is_live][:, columns] / 5).astype(np.float32))
        leaves.append(drawn.labels.leaf[is_live].astype(np.int64))
    order = np.random.default_rng(1).permutation(sum(map(len, leaves)))[:MAPPED]
    return np.concatenate(cells)[order], np.concatenate(leaves)[order]


def agreement(truth: np.ndarray, found: np.ndarray) -> tuple[float, float]:
    """Return the adjusted Rand index and the mean F1 of populations matched with clusters."""
    kinds, truth = np.unique(truth, return_inverse=True)
    shape = (kinds.size, int(found.max()) + 1)
    both = np.bincount(truth * shape[1] + found, minlength=shape[0] * shape[1])
    table = both.reshape(shape).astype(float)
    rows, columns, n = table.sum(axis=1), table.sum(axis=0), table.sum()

    def pairs(counts: np.ndarray) -> float:
        return float((counts * (counts - 1) / 2).sum())

    chance = pairs(rows) * pairs(columns) / (n * (n - 1) / 2)
    rand = (pairs(table) - chance) / ((pairs(rows) + pairs(columns)) / 2 - chance)
    f1 = 2 * table / np.maximum(rows[:, None] + columns, 1.0)
    matched = linear_sum_assignment(-f1)
    return float(rand), float(f1[matched].sum() / kinds.size)


def say(name: str, training: float, mapping: float, *judged: tuple[float, float]) -> float:
    """Print a line of the table and return the seconds."""
    marks = "  ".join(f"{rand:6.3f} {f1:6.3f}" for rand, f1 in judged)
    total = training + mapping
    print(f"{name:44} {training:8.2f} {mapping:8.2f} {total:8.2f}   {marks}", flush=True)
    return total


def ours(train: np.ndarray, every: np.ndarray, truth: np.ndarray, n_clusters: int) -> float:
    """Run ours with all that a study gets: map, clusters, their stability, distances."""
    names = [f"m{k}" for k in range(train.shape[1])]

    def map_of(cells: np.ndarray) -> object:
        rng = np.random.default_rng(1)
        return train_clusters(cells, names, typing=names, n_clusters=n_clusters, rng=rng, threads=2)

    map_of(train[:4000])
    start = time.perf_counter()
    cell_map = map_of(train)
    middle = time.perf_counter()
    nodes, _ = nearest_nodes(every, cell_map.nodes, threads=2)
    clusters = cell_map.clusters[nodes].astype(np.int64) - 1
    end = time.perf_counter()
    name = f"macroimmune {version('macroimmune')}"
    return say(name, middle - start, end - middle, agreement(truth, clusters))


def k_means(train: np.ndarray, every: np.ndarray, truth: np.ndarray, n_clusters: int) -> None:
    """Run MiniBatchKMeans with 100 centres, grouped by Ward."""
    try:
        from sklearn.cluster import MiniBatchKMeans
    except ImportError:
        print("scikit-learn: absent; make bench installs it")
        return
    start = time.perf_counter()
    model = MiniBatchKMeans(100, random_state=1, n_init=3, batch_size=4096).fit(train)
    groups = fcluster(linkage(model.cluster_centers_, "ward"), n_clusters, "maxclust") - 1
    middle = time.perf_counter()
    found = groups[model.predict(every)].astype(np.int64)
    end = time.perf_counter()
    name = f"MiniBatchKMeans + Ward, scikit-learn {version('scikit-learn')}"
    say(name, middle - start, end - middle, agreement(truth, found))


def flowsom(train: np.ndarray, every: np.ndarray, truth: np.ndarray, n_clusters: int) -> float:
    """Run flowsom and return the seconds of its default, NaN where it is absent."""
    python = os.environ.get("FLOWSOM_PYTHON", sys.executable)
    asked = [python, "-c", "from importlib.metadata import version; print(version('flowsom'))"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    if answer.returncode:
        print("flowsom: absent; FLOWSOM_PYTHON names a Python that has it")
        return float("nan")
    seconds = float("nan")
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/train.npy", train)
        np.save(f"{folder}/every.npy", every)
        command = [python, "-W", "ignore", "-c", FLOWSOM, folder, str(n_clusters)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        for line in done.stdout.splitlines():
            name, training, mapping = line.split()
            found = np.load(f"{folder}/{name}.npy")
            title = f"flowsom {answer.stdout.strip()}, {name}"
            total = say(title, float(training), float(mapping), agreement(truth, found))
            seconds = total if name == "default" else seconds
    return seconds


def heading(title: str) -> None:
    """Print the head of a table."""
    print(f"\n{title}")
    print(f"{'':44} {'train s':>8} {'map s':>8} {'both s':>8}   {'Rand':>6} {'F1':>6}")


def scalings(cells: np.ndarray, truth: np.ndarray, n_clusters: tuple[int, ...]) -> None:
    """Print the agreement of our maps on each scale of the markers."""
    low, high = np.quantile(cells, [0.01, 0.999], axis=0)
    scales: dict[str, Scale] = {
        "as transformed": lambda x: x,
        "1st to 99.9th percentile": lambda x: np.clip((x - low) / (high - low), 0, 1),
        "standardised": lambda x: (x - x.mean(axis=0)) / x.std(axis=0),
    }
    print("Rand, F1 by scale of the markers: " + ", ".join(f"{k} clusters" for k in n_clusters))
    for name, scale in scales.items():
        trained = train_self_organising_map(scale(cells), threads=2)
        marks = [agreement(truth, group_nodes(trained, k)[trained.index]) for k in n_clusters]
        print(f"  {name:26}" + "  ".join(f"{rand:6.3f} {f1:6.3f}" for rand, f1 in marks))
    trained = train_self_organising_map(cells, threads=2)
    tree = linkage(trained.nodes[trained.counts > 0], "ward")
    place = np.cumsum(trained.counts > 0) - 1
    marks = [
        agreement(truth, (fcluster(tree, k, "maxclust") - 1)[place[trained.index]].astype(np.int64))
        for k in n_clusters
    ]
    by_ward = "as transformed, Ward"
    print(f"  {by_ward:26}" + "  ".join(f"{rand:6.3f} {f1:6.3f}" for rand, f1 in marks))


def expert_cells() -> tuple[np.ndarray, np.ndarray] | None:
    """Return the cells of flowsom_wsp that experts named, None where the data are absent."""
    folder = Path(os.environ.get("MACROIMMUNE_DATA", "no folder named")) / "flowsom_wsp"
    if not folder.is_dir():
        return None
    events = open_events(folder / "68983.fcs")
    labels = pl.read_csv(folder / "gatingResult.csv", has_header=False).to_series().to_numpy()
    columns = events.panel.with_role("lineage")
    is_named = labels != "Unlabeled"
    _, truth = np.unique(labels[is_named], return_inverse=True)
    return np.ascontiguousarray(events.values[is_named][:, columns]), truth


def main() -> None:
    """Time ours and the peers; print."""
    every, truth = virtual_cells()
    chosen = np.random.default_rng(2).choice(len(every), TRAINED, replace=False)
    train = every[chosen]
    for n_clusters in (20, 30):
        heading(
            f"{len(train)} virtual cells trained on, {len(every)} mapped, {every.shape[1]} "
            f"markers, {np.unique(truth).size} populations, {n_clusters} clusters"
        )
        seconds = ours(train, every, truth, n_clusters)
        k_means(train, every, truth, n_clusters)
        peer = flowsom(train, every, truth, n_clusters)
        print(f"flowsom / macroimmune: {peer / seconds:.1f}")
    scalings(train, truth[chosen], (20, 30))
    real = expert_cells()
    if real is None:
        print("\nflowsom_wsp: absent; MACROIMMUNE_DATA names a folder that holds it")
        return
    cells, named = real
    for n_clusters in (8, 12):
        heading(
            f"flowsom_wsp: {len(cells)} cells that experts named, {cells.shape[1]} lineage "
            f"markers, {n_clusters} clusters"
        )
        ours(cells, cells, named, n_clusters)
        k_means(cells, cells, named, n_clusters)
        flowsom(cells, cells, named, n_clusters)
    scalings(cells, named, (8, 12))


if __name__ == "__main__":
    main()
