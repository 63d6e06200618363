"""Summary numbers of single-cell RNA with and without interferon-beta, from `kang_ifnb`.

Cells are typed by a mixture of multinomials that starts from marker genes and takes each condition
by itself; then counts are summed per class. Nothing of a single cell is kept.
"""

import os
import sys
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import false_discovery_control, norm

from macroimmune.formats import read_h5ad

GENES_SHIPPED = 5000
# Red cells that were left in are not of the mononuclear cells.
DROPPED = ("HBA1", "HBA2", "HBB")
# Counts that the mean of all classes adds to a class: rare classes lean on it.
PRIOR_UMIS = 5_000
SEEDS = {
    "cd14_monocyte": ("CD14", "LYZ", "S100A8", "S100A9"),
    "fcgr3a_monocyte": ("FCGR3A", "MS4A7", "VMO1", "CDKN1C"),
    "dendritic_cell": ("FCER1A", "CLEC10A", "CD1C", "HLA-DQA1"),
    "b_cell": ("CD79A", "MS4A1", "CD79B", "CD83"),
    "nk": ("GNLY", "PRF1", "GZMB", "CLIC3"),
    "cd8_t": ("CD8A", "CD8B", "CCL5", "GZMH"),
    "cd4_t": ("IL7R", "LTB", "CD3D", "SELL"),
    "megakaryocyte": ("PPBP", "PF4", "GNG11", "SDPR"),
}
CLASSES = tuple(name for name in SEEDS if name != "megakaryocyte")
MYELOID = ("cd14_monocyte", "fcgr3a_monocyte", "dendritic_cell")


def typed(counts, genes):
    """Return the class of each cell: seeds by markers, then hard steps of a multinomial mixture."""
    place = {gene: number for number, gene in enumerate(genes)}
    library = np.asarray(counts.sum(axis=1)).ravel()
    dense = np.log1p(1e4 * counts.toarray() / library[:, None])
    centred = (dense - dense.mean(axis=0)) / (dense.std(axis=0) + 0.1)
    seeds = [[place[gene] for gene in markers if gene in place] for markers in SEEDS.values()]
    scores = np.column_stack([centred[:, columns].mean(axis=1) for columns in seeds])
    label = scores.argmax(axis=1)
    confident = scores.max(axis=1) > 0.5
    for _ in range(20):
        sums = np.vstack([
            np.asarray(counts[(label == k) & confident].sum(axis=0)).ravel()
            for k in range(len(SEEDS))
        ])
        overall = sums.sum(axis=0) / sums.sum()
        profile = (sums + 5_000 * (overall + 1e-7)) / (sums.sum(axis=1, keepdims=True) + 5_000)
        share = (np.bincount(label, minlength=len(SEEDS)) + 1) / (label.size + len(SEEDS))
        renewed = (counts @ np.log(profile).T + np.log(share)).argmax(axis=1)
        confident[:] = True
        if (renewed == label).all():
            break
        label = renewed
    return np.array(list(SEEDS))[label]


def dispersion_of(counts, library):
    """Return mean per 10,000 and squared coefficient of variation beyond Poisson, per gene."""
    scaled = counts.toarray() * (library.mean() / library)[:, None]
    mean = scaled.mean(axis=0)
    # Of a scaled Poisson count the variance is mean * mean(factor).
    poisson = mean * (library.mean() / library).mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        return mean, (scaled.var(axis=0, ddof=1) - poisson) / mean**2


def main(target):
    path = Path(os.environ["MACROIMMUNE_DATA"]) / "kang_ifnb" / "kang_ifnb_2000.h5ad"
    data = read_h5ad(path)
    kept = ~np.isin(data.var_names, DROPPED)
    genes, counts = np.array(data.var_names)[kept], data.values.tocsr()[:, kept]
    condition = data.obs["condition"].cast(pl.String).to_numpy()
    stimulated = condition == "ifnb"
    label = np.empty(condition.size, dtype="U20")
    for rows in (stimulated, ~stimulated):
        label[rows] = typed(counts[rows], genes)
    library = np.asarray(counts.sum(axis=1)).ravel()

    def total(rows):
        return np.asarray(counts[rows].sum(axis=0)).ravel()

    frame = {"gene": genes}
    resting = total(~stimulated & (label != "megakaryocyte"))
    for name in CLASSES:
        found = total(~stimulated & (label == name))
        prior = PRIOR_UMIS * resting / resting.sum()
        frame[name] = np.round(1e6 * (found + prior) / (found.sum() + PRIOR_UMIS), 2)
    for group, members in (("myeloid", MYELOID), ("lymphoid", tuple(set(CLASSES) - set(MYELOID)))):
        rows = np.isin(label, members)
        rest, after = total(rows & ~stimulated), total(rows & stimulated)
        ratio = after.sum() / rest.sum()
        # The two counts have equal rates where nothing happens; over-dispersion of one third.
        change = np.log((after + 0.5) / (rest + 0.5) / ratio)
        error = np.sqrt(1 / (after + 0.5) + 1 / (rest + 0.5))
        q_value = false_discovery_control(2 * norm.sf(np.abs(change / error) / 1.3))
        moves = (q_value < 0.001) & (np.abs(change) > 0.4) & (rest + after >= 20)
        frame[f"response_{group}"] = np.round(np.where(moves, change, 0.0), 3)
        print(group, "genes that respond:", int(moves.sum()))
    table = pl.DataFrame(frame)
    mean = table.select(CLASSES).mean_horizontal()
    responds = (table["response_myeloid"] != 0) | (table["response_lymphoid"] != 0)
    order = (mean.rank("ordinal", descending=True) <= GENES_SHIPPED) | responds
    table.with_columns(mean=mean).filter(order).sort("mean", descending=True).drop(
        "mean"
    ).write_csv(target / "genes.csv")

    summary = []
    for name in CLASSES:
        rows = label == name
        logs = np.log(library[rows])
        summary.append((name, "cells", int(rows.sum())))
        summary.append((name, "share_unstimulated", round(float(rows[~stimulated].mean()), 4)))
        summary.append((name, "median_umis", float(np.median(library[rows]))))
        summary.append((name, "sd_log_umis", round(float(logs.std(ddof=1)), 4)))
        if rows.sum() >= 100:
            rest = rows & ~stimulated
            mean, excess = dispersion_of(counts[rest], library[rest])
            use = mean > 0.3
            summary.append((name, "dispersion", round(float(np.median(excess[use])), 4)))
    columns = ("class", "quantity", "value")
    library_table = pl.DataFrame(summary, schema=columns, orient="row", strict=False)
    library_table.write_csv(target / "library.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
