"""Automatic gates against labels: cells of a mouse, cells of a person, virtual studies.

Run with ``MACROIMMUNE_DATA=... python benchmarks/automatic_gating.py [study ...]``; a study is a
folder of ``macroimmune simulate study``. Prints F1 against the labels, the same with each threshold
moved by 10 %, the same with a mixture of two normal distributions per marker (scikit-learn, where
it is installed), and of virtual studies how often intervals hold the true share.
"""

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.cytometry import EventKind, Events, FileThresholds, GatedFile
from macroimmune.cytometry.gating import fit_thresholds, gate_events, shrink_thresholds
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

CD4 = ["naive_cd4", "cm_cd4", "em_cd4", "temra_cd4", "naive_treg", "effector_treg"]
CD8 = ["naive_cd8", "cm_cd8", "em_cd8", "temra_cd8", "cd8_senescent", "ki67_cd8"]
OTHER_T = ["gamma_delta_t", "mait"]
B = ["naive_b", "memory_b", "regulatory_b", "plasmablast"]
NK = ["nk_cd56_bright", "nk_mature"]
MONOCYTES = ["classical_monocyte", "intermediate_monocyte"]
# Leaves of virtual blood that a population of the evidence holds. Not here: populations whose signs
# cut through a leaf (CD45RA of CD8 T cells), or that no leaf is.
LEAVES = {
    "t_cell": [*CD4, *CD8, *OTHER_T],
    "b_cell": B,
    "nk": NK,
    "lymphocytes": [*CD4, *CD8, *OTHER_T, *B, *NK],
    "gamma_delta_t": ["gamma_delta_t"],
    "mait": ["mait"],
    "cd4_t": CD4,
    "cd8_t": CD8,
    "treg": CD4[4:],
    "naive_cd4": ["naive_cd4"],
    "cm_cd4": ["cm_cd4"],
    "em_cd4": ["em_cd4"],
    "temra_cd4": ["temra_cd4"],
    "memory_cd4": ["cm_cd4", "em_cd4"],
    "effector_cd4": ["em_cd4", "temra_cd4"],
    "naive_cd8": ["naive_cd8"],
    "cm_cd8": ["cm_cd8"],
    "nk_cd56_bright": ["nk_cd56_bright"],
    "nk_mature": ["nk_mature"],
    "naive_b": ["naive_b", "regulatory_b"],
    "memory_b": ["memory_b", "plasmablast"],
    "cd14_myeloid": [*MONOCYTES, "m_mdsc"],
    "m_mdsc": ["m_mdsc"],
    "monocyte": MONOCYTES,
}


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


def coverage(study: Path) -> None:
    """Print how often intervals hold the true share of the parent in a virtual study."""
    files = sorted((study / "truth" / "cells").glob("*unstimulated.parquet"))
    opened = [open_events(study / "cytometry" / "fcs" / f"{file.stem}.fcs") for file in files]
    kinds = [classify_events(events).kinds for events in opened]
    hierarchy = gating_hierarchy(opened[0].panel.lineage_antigens, "human")
    rng = np.random.default_rng(1)
    own = [fit_thresholds(e, k, hierarchy, rng=rng) for e, k in zip(opened, kinds, strict=True)]
    rows: dict[str, list[tuple[float, ...]]] = {}
    for events, kind, fitted, file in zip(
        opened, kinds, shrink_thresholds(own), files, strict=True
    ):
        truth = pl.read_parquet(file)
        live = (truth["kind"].cast(pl.String) == "live").to_numpy()
        leaf = truth["leaf"].cast(pl.String).to_numpy()
        gated = gate_events(events, kind, hierarchy, fitted)
        for one in gated.counts:
            leaves = leaves_of(one.population, hierarchy)
            if leaves is None:
                continue
            parents = leaves_of(one.parent, hierarchy)
            parent = live if parents is None else live & np.isin(leaf, parents)
            told = parent & np.isin(leaf, leaves)
            true = told.sum() / parent.sum()
            rows.setdefault(one.population, []).append((
                told.sum() / live.sum(), true, one.fraction, one.ci_low <= true <= one.ci_high,
                one.count_ci_low <= true <= one.count_ci_high,
                f1(gated.members[one.population], told),
            ))  # fmt: skip
    print(f"{study.name}: {len(files)} files; percent of live single cells, of the parent")
    head = ("of all", "true", "found", "interval holds", "counting alone", "F1")
    print(f"  {'':18}" + "".join(f"{name:>16}" for name in head))
    for name, row in rows.items():
        mean = np.nanmean(np.array(row, float), axis=0) * [100, 100, 100, 1, 1, 1]
        print(f"  {name:18}" + "".join(f"{value:16.3f}" for value in mean))


def leaves_of(population: str, hierarchy: Hierarchy) -> list[str] | None:
    """Return the leaves of a population; CD8 T cells hold MAIT cells where the panel sees none."""
    leaves = LEAVES.get(population)
    if population == "cd8_t" and leaves is not None and "mait" not in hierarchy.names:
        return [*leaves, "mait"]
    return leaves


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
    for folder in sys.argv[1:]:
        coverage(Path(folder))
