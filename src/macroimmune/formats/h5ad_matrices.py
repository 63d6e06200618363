"""The matrices of an AnnData file, each to be read in blocks: X, layers, raw."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from macroimmune.errors import FormatError
from macroimmune.formats.h5ad import load_h5py, matrix_shape
from macroimmune.formats.h5ad_columns import read_frame
from macroimmune.formats.h5ad_nodes import group_of, node_of, text_attribute
from macroimmune.formats.matrix_blocks import BlockMatrix, MatrixBlock, matrix_blocks

__all__ = ["h5ad_matrices"]


@contextmanager
def h5ad_matrices(path: Path | str) -> Iterator[tuple[BlockMatrix, ...]]:
    """Open an AnnData file and give its matrices, X first, then the layers, then raw.

    Parameters
    ----------
    path : Path or str
        Written by anndata 0.8 or later.

    Yields
    ------
    matrices : tuple of BlockMatrix
        To be read while the file is open; ``raw`` has its own genes. Layers that cannot be read
        are not among them.

    Raises
    ------
    FormatError
        If the file cannot be read, or its parts do not fit together.
    InputError
        If h5py is not installed.

    Notes
    -----
    Convention: as `read_h5ad`; the HDF5 library can hang on damaged bytes.
    """
    path = Path(path)
    h5py = load_h5py()
    with ExitStack() as stack:
        with _told(path):
            file = stack.enter_context(h5py.File(path, "r"))
            matrices = _matrices(file, path.name)
        yield tuple(replace(one, blocks=partial(_told_blocks, one, path)) for one in matrices)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say which file cannot be read.

    Raises
    ------
    FormatError
        In the place of what h5py raises.
    """
    try:
        yield
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        msg = f"{path}: cannot be read ({reason[:200]}); expected an h5ad file; save it again"
        raise FormatError(msg) from error


def _told_blocks(matrix: BlockMatrix, path: Path) -> Iterator[MatrixBlock]:
    blocks = matrix.blocks()
    while True:
        with _told(path):
            block = next(blocks, None)
        if block is None:
            return
        yield block


def _matrices(file: Any, name: str) -> tuple[BlockMatrix, ...]:
    if text_attribute(file, "encoding-type") not in {"", "anndata"}:
        msg = f"{name}: {text_attribute(file, 'encoding-type')!r}; expected an AnnData file"
        raise FormatError(msg)
    cells, obs, _ = read_frame(group_of(file, "obs", name), f"{name}, obs")
    genes, var, _ = read_frame(group_of(file, "var", name), f"{name}, var")
    found = []
    if "X" in file:
        found.append(_matrix(file, "X", name, (cells, obs), (genes, var)))
    layers = group_of(file, "layers", name) if "layers" in file else {}
    for layer in layers:
        # What nobody asked for may be of any kind.
        with suppress(FormatError):
            found.append(_matrix(layers, layer, name, (cells, obs), (genes, var), "layers/"))
    if "raw" in file:
        with suppress(FormatError):
            raw = group_of(file, "raw", name)
            raw_genes, raw_var, _ = read_frame(group_of(raw, "var", name), f"{name}, raw/var")
            found.append(_matrix(raw, "X", name, (cells, obs), (raw_genes, raw_var), "raw/"))
    return tuple(found)


def _matrix(
    parent: Any,
    key: str,
    name: str,
    of_cells: tuple[tuple[str, ...], pl.DataFrame],
    of_genes: tuple[tuple[str, ...], pl.DataFrame],
    before: str = "",
) -> BlockMatrix:
    node, place = node_of(parent, key, name), f"{name}, {before}{key}"
    expected = (len(of_cells[0]), len(of_genes[0]))
    found = matrix_shape(node)
    if found != expected:
        msg = f"{place}: shape {found}; expected {expected}, the names of cells and genes"
        raise FormatError(msg)
    is_by_rows, blocks = matrix_blocks(node, expected, place)
    return BlockMatrix(
        place=before + key,
        obs_names=of_cells[0],
        var_names=of_genes[0],
        obs=of_cells[1],
        var=of_genes[1],
        is_by_rows=is_by_rows,
        blocks=blocks,
    )
