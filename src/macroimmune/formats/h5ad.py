"""AnnData files (h5ad): a matrix of cells by genes with what is known of cells and of genes."""

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from macroimmune.errors import FormatError, InputError
from macroimmune.formats.h5ad_columns import check_columns, read_frame, write_frame
from macroimmune.formats.h5ad_nodes import array_of, group_of, node_of, text_attribute

__all__ = ["AnnotatedMatrix", "load_h5py", "matrix_shape", "read_h5ad", "write_h5ad"]

# Counts are small numbers: their bytes sorted by place pack faster and smaller.
_PACKING = MappingProxyType({"compression": "gzip", "compression_opts": 2, "shuffle": True})
_EMPTY_GROUPS = ("layers", "obsm", "obsp", "uns", "varm", "varp")


@dataclass(frozen=True, slots=True, eq=False)
class AnnotatedMatrix:
    """Cells by genes, with their names and columns.

    Parameters
    ----------
    values : csr_array or float array, shape (observations, variables)
        As stored: sparse stays sparse.
    obs_names, var_names : tuple of str
        Cells (or samples) and genes (or proteins), in the order of rows and columns.
    obs, var : DataFrame, a row per name
        Columns; a categorical one is an Enum of its categories, in their order.
    skipped : tuple of str
        Columns of a kind that is not read.
    """

    values: sparse.csr_array | NDArray[Any]
    obs_names: tuple[str, ...]
    var_names: tuple[str, ...]
    obs: pl.DataFrame
    var: pl.DataFrame
    skipped: tuple[str, ...] = ()


def load_h5py() -> ModuleType:
    """Return h5py, which is an extra.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        # Only users of h5ad files need it.
        import h5py
    except ImportError as error:
        msg = "h5ad files need h5py, which is not installed; pip install 'macroimmune[h5ad]'"
        raise InputError(msg) from error
    module: ModuleType = h5py
    return module


def read_h5ad(path: Path | str, *, layer: str = "") -> AnnotatedMatrix:
    """Return the matrix of an AnnData file with names and columns.

    Parameters
    ----------
    path : Path or str
        Written by anndata 0.8 or later (or by `write_h5ad`).
    layer : str
        The layer to read in the place of X.

    Returns
    -------
    matrix : AnnotatedMatrix
        ``uns``, ``obsm`` and the other parts are not read.

    Raises
    ------
    FormatError
        If the file cannot be read, its parts do not fit together, a part stands in another file,
        or an array unpacks to more than 8 GB.
    InputError
        If h5py is not installed.

    Notes
    -----
    Convention: numbers, truth values and text are read, nothing is executed or unpickled, and no
    link is followed out of the file. Checked against: anndata. The HDF5 library itself can hang on
    a file whose bytes were damaged: read files of strangers in a process with a time limit.
    """
    path = Path(path)
    h5py = load_h5py()
    try:
        with h5py.File(path, "r") as file:
            return _read(file, layer, path.name)
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        msg = f"{path}: cannot be read ({reason[:200]}); expected an h5ad file; save it again"
        raise FormatError(msg) from error


def _read(file: Any, layer: str, name: str) -> AnnotatedMatrix:
    if text_attribute(file, "encoding-type") not in {"", "anndata"}:
        msg = f"{name}: {text_attribute(file, 'encoding-type')!r}; expected an AnnData file"
        raise FormatError(msg)
    obs_names, obs, skipped_obs = read_frame(group_of(file, "obs", name), f"{name}, obs")
    var_names, var, skipped_var = read_frame(group_of(file, "var", name), f"{name}, var")
    parent, key = (group_of(file, "layers", name), layer) if layer else (file, "X")
    node, place = node_of(parent, key, name), f"{name}, {layer or 'X'}"
    expected = (len(obs_names), len(var_names))
    # Before anything is unpacked: a shape of its own could be of any size.
    found = matrix_shape(node)
    if found != expected:
        msg = (
            f"{place}: shape {found}; expected {expected}, the names of obs and var; save the "
            "file again"
        )
        raise FormatError(msg)
    values = array_of(node, place) if hasattr(node, "shape") else _sparse(node, expected, place)
    return AnnotatedMatrix(values, obs_names, var_names, obs, var, skipped_obs + skipped_var)


def matrix_shape(node: Any) -> tuple[int, ...]:
    """Return the shape of a dense or sparse matrix as stated, empty where it states none."""
    stated = np.asarray(node.shape if hasattr(node, "shape") else node.attrs.get("shape", ()))
    return tuple(stated.tolist()) if stated.dtype.kind in "iu" and stated.ndim == 1 else ()


def _sparse(node: Any, shape: tuple[int, int], place: str) -> sparse.csr_array:
    """Return a sparse matrix by rows.

    Raises
    ------
    FormatError
        If it is none, or its parts do not fit together.
    """
    kind = text_attribute(node, "encoding-type")
    if kind not in {"csr_matrix", "csc_matrix"}:
        msg = f"{place}: encoding {kind!r}; expected array, csr_matrix or csc_matrix"
        raise FormatError(msg)
    data, indices, starts = (
        array_of(node_of(node, part, place), place) for part in ("data", "indices", "indptr")
    )
    lines = shape if kind == "csr_matrix" else shape[::-1]
    if not _fit(data, indices, starts, lines):
        msg = (
            f"{place}: values of shape {data.shape}, places {indices.shape}, starts "
            f"{starts.shape} for {shape}; expected sparse parts that fit together; save the file "
            "again"
        )
        raise FormatError(msg)
    build = sparse.csr_array if kind == "csr_matrix" else sparse.csc_array
    return sparse.csr_array(build((data, indices, starts), shape=shape))


def _fit(
    data: NDArray[Any], indices: NDArray[Any], starts: NDArray[Any], lines: tuple[int, int]
) -> bool:
    """Whether no part would be read outside its arrays."""
    return bool(
        indices.dtype.kind in "iu"
        and starts.dtype.kind in "iu"
        and starts.shape == (lines[0] + 1,)
        and data.ndim == 1
        and data.shape == indices.shape
        and starts[0] == 0
        and starts[-1] == len(data)
        and (starts[1:] >= starts[:-1]).all()
        and (not len(indices) or (indices.min() >= 0 and indices.max() < lines[1]))
    )


def write_h5ad(path: Path | str, matrix: AnnotatedMatrix) -> None:
    """Write a matrix as an AnnData file that anndata 0.8 and later open.

    Parameters
    ----------
    path : Path or str
    matrix : AnnotatedMatrix
        Text with missing values is written as categorical, whole numbers and truth values with
        missing ones as nullable.

    Raises
    ------
    InputError
        If names and shapes do not fit together, names are not unique, a column has a type that is
        not written, or h5py is not installed.
    """
    path = Path(path)
    h5py = load_h5py()
    _check(matrix)
    with h5py.File(path, "w") as file:
        file.attrs.update({"encoding-type": "anndata", "encoding-version": "0.1.0"})
        _write_matrix(file, matrix.values)
        write_frame(file.create_group("obs"), matrix.obs_names, matrix.obs, h5py.string_dtype())
        write_frame(file.create_group("var"), matrix.var_names, matrix.var, h5py.string_dtype())
        for name in _EMPTY_GROUPS:
            group = file.create_group(name)
            group.attrs.update({"encoding-type": "dict", "encoding-version": "0.1.0"})


def _write_matrix(file: Any, values: sparse.csr_array | NDArray[Any]) -> None:
    if not sparse.issparse(values):
        node = file.create_dataset("X", data=values, **_PACKING)
        node.attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
        return
    rows = sparse.csr_array(values)
    node = file.create_group("X")
    node.attrs.update({"encoding-type": "csr_matrix", "encoding-version": "0.1.0"})
    node.attrs["shape"] = np.array(rows.shape, dtype=np.int64)
    for part in ("data", "indices", "indptr"):
        array = getattr(rows, part)
        node.create_dataset(part, data=array, **(_PACKING if len(array) else {}))


def _check(matrix: AnnotatedMatrix) -> None:
    shape = (len(matrix.obs_names), len(matrix.var_names))
    if matrix.values.shape != shape or not min(shape):
        msg = f"values of shape {matrix.values.shape} for names {shape}; expected one name per line"
        raise InputError(msg)
    for what, names, frame in (
        ("obs", matrix.obs_names, matrix.obs),
        ("var", matrix.var_names, matrix.var),
    ):
        if len(set(names)) != len(names):
            msg = f"{what}_names are not unique; expected each name once; number them"
            raise InputError(msg)
        if frame.width and frame.height != len(names):
            msg = f"{what} has {frame.height} rows; expected {len(names)}, one per name"
            raise InputError(msg)
        check_columns(frame, what)
