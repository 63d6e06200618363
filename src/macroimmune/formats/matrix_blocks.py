"""Cells by genes read in blocks, so that a file of any size needs little memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from macroimmune.errors import FormatError
from macroimmune.formats.h5ad import AnnotatedMatrix
from macroimmune.formats.h5ad_nodes import array_of, inner_array, node_of, text_attribute

__all__ = ["BLOCK_VALUES", "BlockMatrix", "MatrixBlock", "in_blocks", "matrix_blocks"]

# Values in memory at a time: of a sparse matrix those that are stored.
BLOCK_VALUES = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class MatrixBlock:
    """Some rows with all columns, or all rows with some columns.

    Parameters
    ----------
    rows, columns : (int, int)
        First, and one after the last.
    values : csr_array, shape (rows, columns)
    """

    rows: tuple[int, int]
    columns: tuple[int, int]
    values: sparse.csr_array


@dataclass(frozen=True, slots=True, eq=False)
class BlockMatrix:
    """A matrix of cells by genes that is read in blocks.

    Parameters
    ----------
    place : str
        Where it stands: X, layers/counts, raw/X.
    obs_names, var_names : tuple of str
    obs, var : DataFrame
        What is known of cells and of genes.
    is_by_rows : bool
        Whether a block holds whole rows; else it holds whole columns.
    blocks : callable
        Starts reading anew.
    """

    place: str
    obs_names: tuple[str, ...]
    var_names: tuple[str, ...]
    obs: pl.DataFrame
    var: pl.DataFrame
    is_by_rows: bool
    blocks: Callable[[], Iterator[MatrixBlock]]


def in_blocks(matrix: AnnotatedMatrix, place: str) -> BlockMatrix:
    """Return a matrix that is in memory as one that is read in blocks of rows."""
    values = sparse.csr_array(matrix.values)

    def blocks() -> Iterator[MatrixBlock]:
        for first, last in _ranges(values.indptr.astype(np.int64)):
            yield MatrixBlock((first, last), (0, values.shape[1]), values[first:last])

    return BlockMatrix(
        place=place,
        obs_names=matrix.obs_names,
        var_names=matrix.var_names,
        obs=matrix.obs,
        var=matrix.var,
        is_by_rows=True,
        blocks=blocks,
    )


def matrix_blocks(
    node: Any, shape: tuple[int, int], place: str
) -> tuple[bool, Callable[[], Iterator[MatrixBlock]]]:
    """Return whether blocks are of rows, and what reads them from an open h5ad file.

    Parameters
    ----------
    node : h5py Dataset or Group
        Dense, or sparse by rows or by columns; its shape was checked.
    shape : (int, int)
        Cells, genes.
    place : str
        For messages.

    Raises
    ------
    FormatError
        If it is none of these, or its parts do not fit together; while blocks are read, also if a
        place lies outside the matrix.
    """
    if hasattr(node, "shape"):
        dataset = inner_array(node, place)
        if dataset.dtype.kind not in "fiub":
            msg = f"{place}: an array of {dataset.dtype}; expected numbers; save the file again"
            raise FormatError(msg)
        return True, lambda: _dense_blocks(dataset, shape)
    kind = text_attribute(node, "encoding-type")
    if kind not in {"csr_matrix", "csc_matrix"}:
        msg = f"{place}: encoding {kind!r}; expected array, csr_matrix or csc_matrix"
        raise FormatError(msg)
    is_by_rows = kind == "csr_matrix"
    data, indices = (inner_array(node_of(node, part, place), place) for part in ("data", "indices"))
    starts = array_of(node_of(node, "indptr", place), place)
    lines = shape if is_by_rows else shape[::-1]
    if not _fit(data, indices, starts, lines[0]):
        msg = (
            f"{place}: values of shape {data.shape}, places {indices.shape}, starts "
            f"{starts.shape} for {shape}; expected sparse parts that fit together; save the file "
            "again"
        )
        raise FormatError(msg)
    starts = starts.astype(np.int64)
    return is_by_rows, lambda: _sparse_blocks(data, indices, starts, lines, is_by_rows, place)


def _fit(data: Any, indices: Any, starts: NDArray[Any], lines: int) -> bool:
    return bool(
        data.dtype.kind in "fiub"
        and indices.dtype.kind in "iu"
        and starts.dtype.kind in "iu"
        and starts.shape == (lines + 1,)
        and data.ndim == 1
        and data.shape == indices.shape
        and starts[0] == 0
        and starts[-1] == data.shape[0]
        and (starts[1:] >= starts[:-1]).all()
    )


def _ranges(starts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield ranges of lines that hold about as many values as a block may, one line at least."""
    first, count = 0, len(starts) - 1
    while first < count:
        reach = int(np.searchsorted(starts, starts[first] + BLOCK_VALUES, side="right")) - 1
        last = min(max(reach, first + 1), count)
        yield first, last
        first = last


def _dense_blocks(dataset: Any, shape: tuple[int, int]) -> Iterator[MatrixBlock]:
    step = max(1, BLOCK_VALUES // max(shape[1], 1))
    for first in range(0, shape[0], step):
        last = min(first + step, shape[0])
        values = sparse.csr_array(np.asarray(dataset[first:last]))
        yield MatrixBlock((first, last), (0, shape[1]), values)


def _sparse_blocks(
    data: Any,
    indices: Any,
    starts: NDArray[np.int64],
    lines: tuple[int, int],
    is_by_rows: bool,  # noqa: FBT001
    place: str,
) -> Iterator[MatrixBlock]:
    for first, last in _ranges(starts):
        low, high = int(starts[first]), int(starts[last])
        at = np.asarray(indices[low:high])
        if at.size and (at.min() < 0 or at.max() >= lines[1]):
            msg = f"{place}: a value outside its {lines[1]} places; save the file again"
            raise FormatError(msg)
        parts = (np.asarray(data[low:high]), at, starts[first : last + 1] - low)
        inside = (last - first, lines[1])
        if is_by_rows:
            values = sparse.csr_array(parts, shape=inside)
            yield MatrixBlock((first, last), (0, lines[1]), values)
        else:
            columns = sparse.csc_array(parts, shape=inside[::-1])
            yield MatrixBlock((0, lines[1]), (first, last), sparse.csr_array(columns))
