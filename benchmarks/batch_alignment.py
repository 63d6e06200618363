"""Batch effects before and after alignment: real controls, virtual studies, speed.

Run from the root of the repository: ``python benchmarks/batch_alignment.py``. The first two tables
need the public cohort `cytonorm_fcs` (``macroimmune data fetch cytonorm_fcs``, or
`MACROIMMUNE_DATA`): one control in three batches, two tubes each. "Held out" learns on one tube of
every batch and judges on the other, both ways. "Quantiles matched" is the usual map, quantile by
quantile, without smoothing or shrinkage.
"""

import time
from dataclasses import replace
from itertools import combinations

import numpy as np

from macroimmune.cytometry import Events, Transform
from macroimmune.cytometry.alignment import FileQuantiles, channel_quantiles, learn_alignment
from macroimmune.cytometry.gating import fit_thresholds, gate_events, shrink_thresholds
from macroimmune.cytometry.opening import open_events
from macroimmune.cytometry.preparing import classify_events
from macroimmune.datasets import locate
from macroimmune.errors import InputError
from macroimmune.evidence import gating_hierarchy
from macroimmune.simulator.cytometry import Well, panel_of
from macroimmune.simulator.cytometry.tube_events import draw_tube
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import CytometryPlan
from macroimmune.statistics.quantile_functions import earth_movers_distance
from macroimmune.study.panels import Panel, PanelChannel

POPULATIONS = {
    "T": "CD3+", "CD4 T": "CD3+ CD4+ CD8-", "CD8 T": "CD3+ CD8+ CD4-",
    "neutrophil": "CD16+ CD11b+ CD15+ CD3- CD14-", "monocyte": "CD14+ CD11b+ CD3-",
    "NK": "CD7+ CD3- CD14-", "HLA-DR+ CD3-": "HLA-DR+ CD3- CD14- CD11b-",
}  # fmt: skip
BATCHES, TUBES = ("PTLG021", "PTLG028", "PTLG034"), (0, 1)
PERCENT = np.array([leaf.percent_of_pbmc for leaf in LEAVES.values()])


def controls() -> tuple[list[Events], list[np.ndarray], list[str]]:
    """Return events, kinds and batches of the six files."""
    folder = locate("cytonorm_fcs")
    events, kinds, batches = [], [], []
    for batch in BATCHES:
        for tube in TUBES:
            opened = open_events(folder / f"Gates_{batch}_Unstim_Control_{tube + 1}.fcs")
            events.append(replace(opened, panel=replace(opened.panel, name="whole blood")))
            kinds.append(classify_events(opened).kinds)
            batches.append(batch)
    return events, kinds, batches


def matched(files: list[FileQuantiles], batches: list[str]) -> dict[str, np.ndarray]:
    """Return by batch what is added to each quantile to come to the mean of batches."""
    means = {
        name: np.mean([f.values for f, b in zip(files, batches, strict=True) if b == name], axis=0)
        for name in sorted(set(batches))
    }
    return {name: np.mean(list(means.values()), axis=0) - mean for name, mean in means.items()}


def by_matching(
    learned: list[FileQuantiles], batches: list[str], judged: FileQuantiles, batch: str
) -> FileQuantiles:
    """Return the quantiles of a file moved by matched quantiles of its batch."""
    added = matched(learned, batches)[batch]
    own = np.mean([f.values for f, b in zip(learned, batches, strict=True) if b == batch], axis=0)
    rows = [
        row + np.interp(row, x, shift)
        for row, x, shift in zip(judged.values, own, added, strict=True)
    ]
    return replace(judged, values=np.array(rows))


def by_alignment(
    learned: list[FileQuantiles], batches: list[str], judged: FileQuantiles, batch: str
) -> FileQuantiles:
    """Return the quantiles of a file moved by our alignment."""
    return learn_alignment(learned, batches).of_quantiles(judged, batch)


def distance(files: list[FileQuantiles], pairs: list[tuple[int, int]]) -> np.ndarray:
    """Return the mean distance of pairs of files, per lineage marker."""
    lineage = [k for k, role in enumerate(files[0].roles) if role == "lineage"]
    apart = [earth_movers_distance(files[a].values, files[b].values) for a, b in pairs]
    return np.mean(apart, axis=0)[lineage]


def held_out(files: list[FileQuantiles], batches: list[str], move) -> list[FileQuantiles]:
    """Return all files, each moved by what the other tubes of the batches taught."""
    moved = []
    for place, (one, batch) in enumerate(zip(files, batches, strict=True)):
        others = [k for k in range(len(files)) if k % 2 != place % 2]
        moved.append(move([files[k] for k in others], [batches[k] for k in others], one, batch))
    return moved


def print_real_distances(files: list[FileQuantiles], batches: list[str]) -> None:
    """Print distances between and within batches, over lineage markers."""
    every = list(combinations(range(len(files)), 2))
    within = [(a, b) for a, b in every if batches[a] == batches[b]]
    # Between batches only files of the same number, which held-out maps were learned without.
    between = [(a, b) for a, b in every if batches[a] != batches[b] and a % 2 == b % 2]
    steps = {
        "before": files,
        "quantiles matched, in sample": [
            by_matching(files, batches, f, b) for f, b in zip(files, batches, strict=True)
        ],
        "alignment, in sample": [
            by_alignment(files, batches, f, b) for f, b in zip(files, batches, strict=True)
        ],
        "quantiles matched, held out": held_out(files, batches, by_matching),
        "alignment, held out": held_out(files, batches, by_alignment),
    }
    null = distance(files, within)
    print(f"\ncytonorm_fcs: earth mover's distance, mean of {null.size} lineage markers, arcsinh")
    print(f"{'two tubes of one batch':32}{null.mean():.3f}")
    for name, moved in steps.items():
        print(f"{'between batches, ' + name:47}{distance(moved, between).mean():.3f}")


def valley(values: np.ndarray) -> float:
    """Return where density is lowest between two populations."""
    grid = np.linspace(*np.quantile(values, [0.001, 0.999]), 200)
    density = np.array([np.exp(-(((values - x) / 0.25) ** 2) / 2).mean() for x in grid]) ** 0.5
    left, right = np.maximum.accumulate(density), np.maximum.accumulate(density[::-1])[::-1]
    depth = np.minimum(left, right) - density
    return float(grid[np.argmax(depth)])


def share(events: Events, kinds: np.ndarray, definition: str, cuts: dict[str, float]) -> float:
    """Return the percent of cells that have the signs."""
    chosen = kinds == 0
    total = chosen.sum()
    for sign in definition.split():
        chosen = chosen & ((events.column(sign[:-1]) > cuts[sign[:-1]]) == (sign[-1] == "+"))
    return float(100 * chosen.sum() / total)


def by_cuts(
    events: list[Events], kinds: list[np.ndarray], valleys: dict[str, float]
) -> dict[str, np.ndarray]:
    """Return percent of cells by one cut per marker for all files."""
    return {
        name: np.array([
            share(e, k, definition, valleys) for e, k in zip(events, kinds, strict=True)
        ])
        for name, definition in POPULATIONS.items()
    }


def by_gates(
    events: list[Events], kinds: list[np.ndarray], valleys: dict[str, float]
) -> dict[str, np.ndarray]:
    """Return percent of cells by automatic gates on all lineage markers.

    Left out are populations told by a marker that shows no separation in a file.
    """
    hierarchy = gating_hierarchy(valleys, "human", material="whole blood")
    thresholds = shrink_thresholds([
        fit_thresholds(e, k, hierarchy, rng=np.random.default_rng(1))
        for e, k in zip(events, kinds, strict=True)
    ])
    gated = [
        gate_events(e, k, hierarchy, t) for e, k, t in zip(events, kinds, thresholds, strict=True)
    ]
    untold = {
        one.population for file in gated for one in file.counts if ": no separation" in one.status
    }
    percents = {
        name: np.array([
            100 * one.members[name].sum() / (k == 0).sum()
            for one, k in zip(gated, kinds, strict=True)
        ])
        for name in hierarchy.names
        if name not in untold
    }
    return {name: values for name, values in percents.items() if values.mean() > 0.5}


def print_populations(
    events: list[Events], kinds: list[np.ndarray], batches: list[str], files: list[FileQuantiles]
) -> None:
    """Print how far populations move through alignment, beside the spread of two tubes."""
    alignment = learn_alignment(files, batches)
    moved = [alignment.applied(one, batch) for one, batch in zip(events, batches, strict=True)]
    valleys = {
        name: valley(
            np.concatenate([e.column(name)[k == 0] for e, k in zip(events, kinds, strict=True)])
        )
        for name in sorted(events[0].panel.lineage_antigens)
    }
    ways = {
        "a marker is cut for all files alike, in the valley of all six pooled": by_cuts,
        "automatic gates on all lineage markers that show separation": by_gates,
    }
    for words, way in ways.items():
        print(f"\npercent of cells; {words}")
        print(f"{'population':24}  mean  largest move  tubes differ by up to  SD of batches")
        befores, afters = way(events, kinds, valleys), way(moved, kinds, valleys)
        for name in (one for one in befores if one in afters):
            before, after = befores[name], afters[name]
            spread = np.abs(before[::2] - before[1::2]).max()
            batch = [(v[::2] + v[1::2]).std(ddof=1) / 2 for v in (before, after)]
            print(
                f"{name:24}{before.mean():6.1f}{np.abs(after - before).max():14.2f}{spread:23.2f}"
                f"  {batch[0]:.2f} -> {batch[1]:.2f}"
            )


def virtual(plan: CytometryPlan, donor: str, batch: int, tube: int) -> tuple[Events, np.ndarray]:
    """Return the live cells of a virtual mass cytometry tube and their leaves."""
    well = Well(
        f"{donor}{batch}{tube}", donor, 0.0, "mass_t_cell", "unstimulated", batch,
        PERCENT / PERCENT.sum(),
    )  # fmt: skip
    drawn, panel = draw_tube(17, plan, well), panel_of("mass_t_cell")
    columns = [k for k, one in enumerate(panel.channels) if one.role == "marker"]
    values = np.arcsinh(drawn.events[drawn.labels.kind == 0][:, columns] / panel.cofactor)
    channels = tuple(
        PanelChannel(panel.channels[k].name, panel.channels[k].antigen, "lineage") for k in columns
    )
    events = Events(
        well.file, Panel("virtual", channels), np.asfortranarray(values.astype(np.float32)),
        tuple(Transform("arcsinh", 5.0) for _ in columns), "mass",
        is_compensated=False, ranges=np.full(len(columns), np.nan), remarks=(),
    )  # fmt: skip
    return events, drawn.labels.leaf[drawn.labels.kind == 0]


def spread_of_medians(files: list[np.ndarray], leaves: list[np.ndarray]) -> float:
    """Return the SD between batches of medians of populations, root mean square."""
    medians = np.array([
        [np.median(v[of == leaf], axis=0) for leaf in range(len(LEAVES))
         if min((each == leaf).sum() for each in leaves) >= 30]
        for v, of in zip(files, leaves, strict=True)
    ])  # fmt: skip
    return float(np.sqrt((medians.std(axis=0, ddof=1) ** 2).mean()))


def within_populations(
    taught: list[tuple[Events, np.ndarray]],
    asked: list[tuple[Events, np.ndarray]],
    names: list[str],
) -> list[np.ndarray]:
    """Return values aligned within T cells, B cells and the others, by their true labels."""
    moved = [events.values.copy() for events, _ in asked]
    kind = np.array([
        {"cd4_t": 0, "cd8_t": 0, "t_other": 0, "b_cell": 1}.get(leaf.lineage, 2)
        for leaf in LEAVES.values()
    ])
    for one in range(3):
        files = []
        for events, leaf in taught:
            kept = np.asfortranarray(events.values[kind[leaf] == one])
            few = replace(events, values=kept)
            files.append(channel_quantiles(few, np.zeros(len(kept), np.uint8)))
        alignment = learn_alignment(files, names)
        for values, (events, leaf), name in zip(moved, asked, names, strict=True):
            values[kind[leaf] == one] = alignment.applied(events, name).values[kind[leaf] == one]
    return moved


def by_matched(
    taught: list[FileQuantiles], asked: list[tuple[Events, np.ndarray]], names: list[str]
) -> list[np.ndarray]:
    """Return values moved by matched quantiles."""
    added = matched(taught, names)
    return [
        np.column_stack([
            column + np.interp(column, file.values[k], added[name][k])
            for k, column in enumerate(events.values.T)
        ])
        for (events, _), file, name in zip(asked, taught, names, strict=True)
    ]


def print_virtual() -> None:
    """Print what is left of planted shifts in donors that alignment did not see."""
    heads = ("before", "matched", "within", "aligned")
    print("\nvirtual studies, 4 batches, one control tube of 3,000 events each; of another donor:")
    print("SD between batches of medians of populations | mean change of a value (arcsinh);")
    print("within: aligned within T cells, B cells and the others, which are told without error")
    print(
        f"{'planted (shift, gain)':24}"
        + "".join(f"{head:>10}" for head in heads)
        + " |"
        + "".join(f"{head:>10}" for head in heads[1:])
    )
    for shift, gain in ((0.2, 0.15), (0.08, 0.08), (0.0, 0.0)):
        plan = CytometryPlan(events_per_file=8000, batch_shift=shift, batch_gain=gain)
        few = replace(plan, events_per_file=3000)
        names = [f"B{b}" for b in range(4)]
        taught = [virtual(few, "control", b, 0) for b in range(4)]
        files = [channel_quantiles(e, np.zeros(len(e.values), np.uint8)) for e, _ in taught]
        asked = [virtual(plan, "another", b, 1) for b in range(4)]
        alignment = learn_alignment(files, names)
        moved = [
            [events.values for events, _ in asked],
            by_matched(files, asked, names),
            within_populations(taught, asked, names),
            [alignment.applied(e, name).values for (e, _), name in zip(asked, names, strict=True)],
        ]
        spread = [spread_of_medians(values, [leaf for _, leaf in asked]) for values in moved]
        change = [
            float(np.mean([np.abs(a - b).mean() for a, b in zip(values, moved[0], strict=True)]))
            for values in moved[1:]
        ]
        print(
            f"{f'{shift}, {gain}':24}"
            + "".join(f"{value:10.4f}" for value in spread)
            + " |"
            + "".join(f"{value:10.4f}" for value in change)
        )


def print_speed() -> None:
    """Print how long it takes to apply an alignment."""
    rng = np.random.default_rng(1)
    channels = tuple(PanelChannel(str(k), f"M{k}", "lineage") for k in range(20))
    values = np.asfortranarray(rng.normal(2, 1, (200_000, 20)).astype(np.float32))
    events = Events(
        "a", Panel("p", channels), values, (Transform("linear"),) * 20, "mass",
        is_compensated=False, ranges=np.full(20, np.nan), remarks=(),
    )  # fmt: skip
    kinds = np.zeros(len(values), np.uint8)
    start = time.perf_counter()
    quantiles = channel_quantiles(events, kinds)
    summary = time.perf_counter() - start
    moved = replace(quantiles, values=quantiles.values + 0.3)
    alignment = learn_alignment([quantiles, moved], ["a", "b"])
    seconds = []
    for _ in range(6):
        start = time.perf_counter()
        alignment.applied(events, "a")
        seconds.append(time.perf_counter() - start)
    print(
        f"\n200,000 events x 20 channels: applied in {1000 * min(seconds):.0f} ms, quantiles taken "
        f"in {1000 * summary:.0f} ms"
    )


def main() -> None:
    """Print the tables."""
    try:
        events, kinds, batches = controls()
    except InputError as error:
        print(error)
    else:
        files = [channel_quantiles(e, k) for e, k in zip(events, kinds, strict=True)]
        print_real_distances(files, batches)
        print_populations(events, kinds, batches, files)
    print_virtual()
    print_speed()


if __name__ == "__main__":
    main()
