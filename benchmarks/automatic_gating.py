"""Automatic gates against labels: cells of a mouse and cells of a person, by the same settings.

Run with ``MACROIMMUNE_DATA=... python benchmarks/automatic_gating.py``. Prints F1 against the
labels, the same with each threshold moved by 10 %, the same with a mixture of two normal
distributions per marker (scikit-learn, where it is installed), and the seconds of a large file. How
often intervals hold the truth of virtual studies is in ``gating_coverage.py``.
"""

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from macroimmune.cytometry import EventKind, Events, FileThresholds, GatedFile
from macroimmune.cytometry.gating import fit_thresholds, gate_events
from macroimmune.cytometry.opening import open_events
from macroimmune.cytometry.preparing import classify_events
from macroimmune.evidence import Hierarchy, gating_hierarchy

DATA = Path(os.environ.get("MACROIMMUNE_DATA", "."))
MOUSE = {
    "b_cell": ["B cells"],
    "cd4_t": ["CD4 T cells"],
    "cd8_t": ["CD8 T cells"],
    "nk": ["NK cells"],
}
PERSON = {"b_cell": ["igm+", "igm-"], "cd4_t": ["cd4+"], "cd8_t": ["cd8+"], "nk": ["nk"]}


def mouse_cells() -> tuple[Events, np.ndarray, np.ndarray]:
    """Return events of a mouse spleen, their kinds, and their labels by hand."""
    events = open_events(DATA / "flowsom_wsp" / "68983.fcs")
    text = (DATA / "flowsom_wsp" / "gatingResult.csv").read_text().split("\n")
    labels = np.array([line.strip().strip('"') for line in text if line.strip()])
    return events, classify_events(events).kinds, labels


def person_cells() -> tuple[Events, np.ndarray, np.ndarray]:
    """Return 15,792 cells of one person, pooled, and the population each was sorted into."""
    files = sorted((DATA / "bodenmiller_bcrxl_fcs").glob("*_H05.fcs"))
    opened = [open_events(file) for file in files]
    names = [file.stem.split("_")[1] for file in files]
    labels = np.repeat(names, [len(one.values) for one in opened])
    values = np.asfortranarray(np.concatenate([one.values for one in opened]))
    kinds = np.full(len(values), EventKind.CELL, np.uint8)
    return replace(opened[0], file="all", values=values), kinds, labels


def f1(members: np.ndarray, truth: np.ndarray) -> float:
    """Return the harmonic mean of precision and recall."""
    both = members.sum() + truth.sum()
    return 2 * float(np.sum(members & truth)) / both if both else float("nan")


def scores(gated: GatedFile, labels: np.ndarray, wanted: dict[str, list[str]]) -> list[float]:
    """Return F1 of each wanted population."""
    return [f1(gated.members[name], np.isin(labels, of)) for name, of in wanted.items()]


def sensitivity(
    cells: tuple[Events, np.ndarray, np.ndarray],
    hierarchy: Hierarchy,
    thresholds: FileThresholds,
    wanted: dict[str, list[str]],
) -> None:
    """Print F1 with each threshold moved by 10 % of its value."""
    events, kinds, labels = cells
    before = scores(gate_events(events, kinds, hierarchy, thresholds), labels, wanted)
    print(f"  {'moved threshold':34}" + "".join(f"{name:>18}" for name in wanted))
    for place, one in enumerate(thresholds.thresholds):
        row = []
        for factor in (0.9, 1.1):
            moved = list(thresholds.thresholds)
            moved[place] = replace(one, value=one.value * factor)
            gated = gate_events(
                events, kinds, hierarchy, replace(thresholds, thresholds=tuple(moved))
            )
            row.append(scores(gated, labels, wanted))
        if np.abs(np.array(row) - before).max() < 0.0005:
            continue
        name = f"{one.antigen} {one.value:.2f} in {one.within or 'all cells'}"
        pairs = zip(row[0], row[1], strict=True)
        print(f"  {name:34}" + "".join(f"{low:9.3f}{high:9.3f}" for low, high in pairs))
    print("  all others move no F1 by 0.0005")


def two_normals(
    cells: tuple[Events, np.ndarray, np.ndarray], hierarchy: Hierarchy, thresholds: FileThresholds
) -> FileThresholds | None:
    """Return thresholds where two normal distributions per marker cross, None without the peer."""
    try:
        from sklearn.mixture import GaussianMixture
    except ModuleNotFoundError:
        return None
    events, kinds, _ = cells
    values: dict[str, float] = {}
    for one in thresholds.thresholds:
        if one.antigen not in values:
            column = events.column(one.antigen)
            if column is None:
                raise KeyError(one.antigen)
            x = column[kinds == EventKind.CELL].astype(float)[:, None]
            model = GaussianMixture(2, random_state=1, n_init=2).fit(x)
            grid = np.linspace(*np.sort(model.means_[:, 0]), 2000)[:, None]
            upper = int(np.argmax(model.means_[:, 0]))
            values[one.antigen] = float(grid[np.argmax(model.predict(grid) == upper), 0])
    return replace(
        thresholds,
        thresholds=tuple(replace(one, value=values[one.antigen]) for one in thresholds.thresholds),
    )


def against_labels(name: str, cells, species, wanted: dict[str, list[str]]) -> None:
    """Print F1 of one data set, how it depends on thresholds, and that of the peer."""
    events, kinds, labels = cells
    hierarchy = gating_hierarchy(events.panel.lineage_antigens, species)
    fitted = fit_thresholds(events, kinds, hierarchy, rng=np.random.default_rng(1))
    gated = gate_events(events, kinds, hierarchy, fitted)
    print(f"{name}: {len(labels)} events, {np.sum(kinds == EventKind.CELL)} cells")
    rows = {"thresholds of density": scores(gated, labels, wanted)}
    peer = two_normals(cells, hierarchy, fitted)
    if peer is not None:
        rows["two normals per marker"] = scores(
            gate_events(events, kinds, hierarchy, peer), labels, wanted
        )
    print(f"  {'F1':34}" + "".join(f"{name:>10}" for name in wanted))
    for way, row in rows.items():
        print(f"  {way:34}" + "".join(f"{value:10.3f}" for value in row))
    sensitivity(cells, hierarchy, fitted, wanted)


def speed() -> None:
    """Print how long 200,000 events with 40 channels take."""
    rng = np.random.default_rng(1)
    events, kinds, _ = person_cells()
    rows = rng.integers(0, len(kinds), 200_000)
    wide = np.asfortranarray(events.values[rows] + rng.normal(0, 0.02, (200_000, 35)), np.float32)
    many, kinds = replace(events, values=wide), kinds[rows]
    hierarchy = gating_hierarchy(events.panel.lineage_antigens, "human")
    began = time.process_time()
    fitted = fit_thresholds(many, kinds, hierarchy, rng=rng)
    middle = time.process_time()
    gate_events(many, kinds, hierarchy, fitted)
    print(
        f"200,000 events, {len(fitted.thresholds)} thresholds, {len(hierarchy.nodes)} populations: "
        f"fitted in {middle - began:.2f} s, gated in {time.process_time() - middle:.2f} s of CPU"
    )


if __name__ == "__main__":
    against_labels("flowsom_wsp, mouse", mouse_cells(), "mouse", MOUSE)
    against_labels("bodenmiller H05, pooled", person_cells(), "human", PERSON)
    speed()
