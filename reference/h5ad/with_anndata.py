"""Open a file with anndata, check what it holds, and write it again."""

import sys
from importlib.metadata import version
from pathlib import Path

import anndata
import h5py
import numpy as np

ours, again, versions = map(Path, sys.argv[1:])
data = anndata.read_h5ad(ours)
print(data, data.obs.dtypes, sep="\n")
data.layers["dense"] = data.X.toarray() * 2
data.layers["columns"] = data.X.tocsc()
data.obsm["pca"] = np.zeros((3, 2))
data.uns["made by"] = "anndata"
data.write_h5ad(again)
versions.write_text(f"anndata {version('anndata')}\nh5py {h5py.__version__}\n", encoding="utf-8")
