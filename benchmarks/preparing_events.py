"""Live single cells of virtual and public files: what is found, what is lost, and how fast.

Run from the root of the repository: ``python benchmarks/preparing_events.py [FILES]``, with so many
virtual files of each kind, 3 unless said. The public files are looked at where MACROIMMUNE_DATA
names their folder; the comparison with the gates of a FlowJo workspace needs FlowKit.
"""

import importlib.util
import os
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.cytometry import EventKind, Events
from macroimmune.cytometry.opening import open_events
from macroimmune.cytometry.preparing import EventKinds, classify_events
from macroimmune.simulator.cytometry import Well, panel_of
from macroimmune.simulator.cytometry.tube_files import TubeTask, write_tube
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import CytometryPlan
from macroimmune.study.panels import Panel

PANELS = {
    "mass": "mass_t_cell", "FlowT": "fluorescence_t_cell", "FlowMyeloid": "fluorescence_myeloid",
}  # fmt: skip
PERCENT = np.array([leaf.percent_of_pbmc for leaf in LEAVES.values()])
KINDS = {
    "dead": EventKind.DEAD, "doublet": EventKind.DOUBLET, "debris": EventKind.DEBRIS,
    "bead": EventKind.BEAD,
}  # fmt: skip
SETTINGS = {
    "as planned": {},
    "500 events": {"events_per_file": 500},
    "2,000 events": {"events_per_file": 2_000},
    "200,000 events": {"events_per_file": 200_000},
    "dead 0.5 %": {"dead": 0.005},
    "dead 30 %": {"dead": 0.3},
    "doublets 1 %": {"doublets": 0.01},
    "doublets 20 %": {"doublets": 0.2},
    "debris 20 %": {"debris": 0.2},
    "spillover 0.5": {"spillover": 0.5},
    "drift 0.3": {"drift": 0.3},
    "live cells alone": {"dead": 0.0, "doublets": 0.0, "debris": 0.0, "beads": 0.0},
}
ROLES = {
    "viability": "viability", "dna_1": "dna", "dna_2": "dna", "bead": "bead", "marker": "lineage",
}  # fmt: skip
LABELLED = ("B cells", "CD4 T cells", "CD8 T cells", "NK cells")
SHIFTS = {
    "one signal +1, a tenth of the run": (1.0, 1, 0.4, 0.5),
    "one signal -0.6, a tenth": (-0.6, 1, 0.4, 0.5),
    "16 signals -0.25, a tenth": (-0.25, 16, 0.6, 0.7),
    "16 signals -0.25, the last 30 %": (-0.25, 16, 0.7, 1.0),
    "16 signals -0.5, the last half": (-0.5, 16, 0.5, 1.0),
}
REPEATS = 5
# Files of fewer events are left out where deviations are counted.
FEWEST = 500


@dataclass(frozen=True)
class Tube:
    """A virtual file as it is read, and what its events truly are."""

    events: Events
    truth: np.ndarray

    @property
    def is_live(self) -> np.ndarray:
        """Which events are live single cells."""
        return self.truth == "live"


def virtual_tube(panel: str, plan: CytometryPlan, seed: int, folder: Path) -> Tube:
    """Write one file, read it with the roles of its panel, and forget the file."""
    drawn = panel_of(panel)
    fractions = drawn.recorded(PERCENT / PERCENT.sum())
    well = Well(f"tube{seed}", "V001", 0.0, panel, "unstimulated", 0, fractions)
    targets = folder / "tube.fcs", folder / "tube.parquet"
    write_tube(TubeTask(seed, plan, well), targets)
    events = open_events(targets[0])
    channels = tuple(
        replace(one, role=ROLES.get(true.role, one.role))
        for one, true in zip(events.panel.channels, drawn.channels, strict=True)
    )
    truth = pl.read_parquet(targets[1])["kind"].cast(pl.String).to_numpy()
    return Tube(replace(events, panel=Panel(panel, channels)), truth)


def print_kinds(folder: Path, n_files: int) -> None:
    """Print the share of each kind that is found, and what is kept or lost of live cells."""
    print(f"virtual files, {n_files} of each kind; found: taken out as what it is, precision: of")
    print("those taken out as that; 10,000 events unless said")
    heads = [f"{name} found/prec." for name in KINDS]
    print(f"{'panel':12}{'setting':18}{'live lost':>10}{'pure':>7}  " + "  ".join(heads))
    for title, panel in PANELS.items():
        for setting, changed in SETTINGS.items():
            tubes = [
                virtual_tube(panel, CytometryPlan(**changed), seed, folder)
                for seed in range(n_files)
            ]
            found = [classify_events(tube.events) for tube in tubes]
            truth = np.concatenate([tube.truth for tube in tubes])
            kinds = np.concatenate([item.kinds for item in found])
            print(f"{title:12}{setting:18}" + _of_kinds(truth, kinds))


def _of_kinds(truth: np.ndarray, kinds: np.ndarray) -> str:
    is_live, is_cell = truth == "live", kinds == EventKind.CELL
    cells = [
        f"{100 * (1 - is_cell[is_live].mean()):8.2f} %",
        f"{100 * is_live[is_cell].mean():6.2f}",
    ]
    for name, kind in KINDS.items():
        is_true, is_found = truth == name, kinds == kind
        recall = f"{100 * is_found[is_true].mean():.1f}" if is_true.any() else "-"
        precision = f"{100 * is_true[is_found].mean():.1f}" if is_found.any() else "-"
        cells.append(f"{recall:>9}/{precision:<7}")
    return " ".join(cells)


def print_times(folder: Path, n_files: int) -> None:
    """Print how much is taken out of stable runs, and of planted troubles how much is found."""
    print("\nunstable time; found: of the events of the trouble; lost: of the others")
    for title, panel in PANELS.items():
        for n_events in (2_000, 10_000, 50_000):
            plan = CytometryPlan(events_per_file=n_events)
            stable = [virtual_tube(panel, plan, 100 + k, folder).events for k in range(n_files)]
            lost = [classify_events(one).percent(EventKind.UNSTABLE) for one in stable]
            print(f"{title}, {n_events} events: stable runs lose {np.mean(lost):.2f} % on average")
            for name, planted in SHIFTS.items():
                _print_found(name, [_shifted(one, *planted) for one in stable])
            drifting = [_drifting(one) for one in stable]
            lost = [item.percent(EventKind.UNSTABLE) for item in drifting]
            told = sum(any("drifted" in remark for remark in item.remarks) for item in drifting)
            print(
                f"   {'16 signals drift by 0.5':36} lost {np.mean(lost):5.2f} %, told in "
                f"{told} of {n_files}"
            )


def _shifted(
    events: Events, shift: float, n_signals: int, begin: float, end: float
) -> tuple[np.ndarray, EventKinds]:
    n_events = len(events.values)
    rows = slice(int(begin * n_events), int(end * n_events))
    values = events.values.copy(order="F")
    first = 8 if n_signals == 1 else 4
    values[rows, first : first + n_signals] += np.float32(shift)
    is_moved = np.zeros(n_events, bool)
    is_moved[rows] = True
    return is_moved, classify_events(replace(events, values=values))


def _drifting(events: Events) -> EventKinds:
    values = events.values.copy(order="F")
    values[:, 4:20] += np.linspace(0, 0.5, len(values), dtype=np.float32)[:, None]
    return classify_events(replace(events, values=values))


def _print_found(name: str, cases: list[tuple[np.ndarray, EventKinds]]) -> None:
    unstable = [item.kinds == EventKind.UNSTABLE for _, item in cases]
    found = [100 * out[moved].mean() for (moved, _), out in zip(cases, unstable, strict=True)]
    lost = [100 * out[~moved].mean() for (moved, _), out in zip(cases, unstable, strict=True)]
    print(f"   {name:36} found {np.mean(found):5.1f} %, lost {np.mean(lost):.2f} %")


def print_clogs(folder: Path, n_files: int) -> None:
    """Print how much of clogged stretches is found, by the rate at which events came."""
    for title, panel in PANELS.items():
        for n_events in (2_000, 10_000, 50_000):
            plan = CytometryPlan(events_per_file=n_events, clogged_files=1.0)
            cases = []
            for seed in range(n_files):
                events = virtual_tube(panel, plan, 200 + seed, folder).events
                cases.append((_is_slow(events), classify_events(events)))
            _print_found(f"{title}, {n_events} events, a clog", cases)


def _is_slow(events: Events) -> np.ndarray:
    """Return the events of the parts of equal time in which fewer than 40 % of the usual came."""
    seconds = events.values[:, events.panel.with_role("time")[0]]
    part = np.minimum((60 * seconds / seconds.max()).astype(int), 59)
    counts = np.bincount(part, minlength=60)
    return (counts < 0.4 * np.median(counts))[part]


def print_public(folder: Path) -> None:
    """Print the shares that are taken out of public files, most of which were gated before."""
    print("\npublic files, percent of events taken out")
    for name in ("flowsom_wsp", "bcrxl_paired", "bodenmiller_bcrxl_fcs", "cytonorm_fcs"):
        for path in sorted((folder / name).glob("*.fcs")):
            found = classify_events(open_events(path))
            out = ", ".join(
                f"{kind.name.lower()} {found.percent(kind):.2f}"
                for kind in EventKind
                if kind != EventKind.CELL and found.percent(kind)
            )
            print(f"{name:22}{path.name[-34:]:36}{len(found.kinds):7} {out or 'nothing'}")
    print_workspace(folder / "flowsom_wsp")
    print_deviations(folder)


def hand_labels(folder: Path) -> np.ndarray:
    """Return the label of each event of the public file that was gated by hand."""
    lines = (folder / "gatingResult.csv").read_text("utf-8").splitlines()
    return np.array([line.strip('"') for line in lines])


def print_workspace(folder: Path) -> None:
    """Print how the single cells agree with those of the workspace, and what labels lose."""
    found = classify_events(open_events(folder / "68983.fcs"))
    labels = hand_labels(folder)
    for label in LABELLED:
        lost = 100 * (1 - found.is_cell[labels == label].mean())
        print(f"labelled by hand {label:12} lost {lost:.2f} %")
    if importlib.util.find_spec("flowkit") is None:
        print("FlowKit is not installed: no comparison with the gates of the workspace")
        return
    # The peer is optional and takes seconds to load.
    import flowkit

    workspace = flowkit.Workspace(folder / "gating.wsp", fcs_samples=str(folder / "68983.fcs"))
    sample = workspace.get_sample_ids()[0]
    workspace.analyze_samples(sample_id=sample)
    is_single = workspace.get_gate_membership(sample, "Singlets2")
    is_ours = found.kinds != EventKind.DOUBLET
    print(
        "single cells beside the workspace's Singlets2 (it has no gate of live cells): "
        f"{100 * (is_ours == is_single).mean():.1f} % of events agree, kept of theirs "
        f"{100 * is_ours[is_single].mean():.2f} %, taken out of the others "
        f"{100 * (~is_ours)[~is_single].mean():.1f} %"
    )


def print_deviations(folder: Path) -> None:
    """Print what a cut at so many median absolute deviations would take out instead."""
    lost = []
    for path in sorted((folder / "bodenmiller_bcrxl_fcs").glob("*.fcs")):
        events = open_events(path)
        if len(events.values) >= FEWEST:
            dna = events.values[:, list(events.panel.with_role("dna"))].mean(axis=1)
            lost.append(100 * (_deviations(dna) < -3).mean())
    print(
        f"instead, DNA 3 deviations below the median: {np.mean(lost):.1f} % of the events of files "
        f"of one gated population, at most {np.max(lost):.1f} %"
    )
    events = open_events(folder / "flowsom_wsp" / "68983.fcs")
    labels = hand_labels(folder / "flowsom_wsp")
    names = [channel.channel for channel in events.panel.channels]
    area, width = (events.values[:, names.index(name)] for name in ("FSC-A", "FSC-W"))
    is_wide = _deviations(area / width) > 4
    listed = ", ".join(f"{label} {100 * is_wide[labels == label].mean():.2f}" for label in LABELLED)
    print(f"instead, pulses 4 deviations above the median, percent of labelled cells: {listed}")


def _deviations(values: np.ndarray) -> np.ndarray:
    middle = np.median(values)
    return (values - middle) / (1.4826 * np.median(np.abs(values - middle)))


def print_speed(folder: Path) -> None:
    """Print the seconds for 200,000 events, least of several."""
    print("\n200,000 events, seconds, least of 5; process: of the processor alone")
    for title, panel in PANELS.items():
        events = virtual_tube(panel, CytometryPlan(events_per_file=200_000), 7, folder).events
        classify_events(events)
        taken = []
        for _ in range(REPEATS):
            wall, process = time.perf_counter(), time.process_time()
            classify_events(events)
            taken.append((time.perf_counter() - wall, time.process_time() - process))
        wall, process = np.min(taken, axis=0)
        print(f"{title:12} {len(events.panel.channels)} channels {wall:.3f}, process {process:.3f}")


def main() -> None:
    """Print all tables."""
    n_files = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print_speed(folder)
        print_kinds(folder, n_files)
        print_times(folder, n_files)
        print_clogs(folder, n_files)
    public = os.environ.get("MACROIMMUNE_DATA")
    if public:
        print_public(Path(public))


if __name__ == "__main__":
    main()
