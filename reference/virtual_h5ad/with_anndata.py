"""Open the files with anndata and write down what it finds: a row per fact."""

import csv
import sys
from importlib.metadata import version
from pathlib import Path

import anndata
import numpy as np

folder = Path(sys.argv[1])
rows = []
for name in ("batch_1.h5ad", "gene_activity_batch_1.h5ad"):
    data = anndata.read_h5ad(folder / name)
    print(data, data.obs.dtypes, sep="\n")
    values = data.X.toarray() if hasattr(data.X, "toarray") else np.asarray(data.X)
    facts = {
        "kind of X": type(data.X).__name__,
        "kind of numbers": values.dtype.name,
        "observations": data.n_obs,
        "variables": data.n_vars,
        "sum": values.sum(),
        "above zero": (values > 0).sum(),
        "largest": values.max(),
        "first observation": data.obs_names[0],
        "last observation": data.obs_names[-1],
        "first variable": data.var_names[0],
        "last variable": data.var_names[-1],
        "sum of the last observation": values[-1].sum(),
        "sum of the last variable": values[:, -1].sum(),
        "columns of obs": ";".join(data.obs.columns),
        "columns of var": ";".join(data.var.columns),
    }
    for column in data.obs.select_dtypes(exclude="number").columns:
        counts = data.obs[column].astype(str).value_counts()
        facts[f"obs, {column}"] = ";".join(
            f"{word}={counts[word]}" for word in sorted(counts.index)
        )
    rows += [(name, fact, str(value)) for fact, value in facts.items()]
with (folder / "expected.csv").open("w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("file", "fact", "value"))
    writer.writerows(rows)
versions = f"anndata {version('anndata')}\nh5py {version('h5py')}\nnumpy {version('numpy')}\n"
(folder / "versions.txt").write_text(versions, encoding="utf-8")
