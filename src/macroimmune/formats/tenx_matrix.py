"""10x Cell Ranger matrices of counts: three files in a folder, genes by cells in Matrix Market."""

import gzip
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from macroimmune.errors import FormatError, InputError
from macroimmune.formats.file_bytes import read_bytes, unpacked
from macroimmune.formats.h5ad import AnnotatedMatrix

__all__ = ["TENX_FILES", "read_tenx_matrix", "write_tenx_matrix"]

TENX_FILES = ("matrix.mtx.gz", "barcodes.tsv.gz", "features.tsv.gz")
_BANNER = "%%MatrixMarket matrix coordinate integer general"
_KIND = "Gene Expression"
_GZIP_LEVEL = 4
_ENTRY = ("gene", "cell", "count")


def write_tenx_matrix(targets: tuple[Path, Path, Path], matrix: AnnotatedMatrix) -> None:
    """Write counts as Cell Ranger does.

    Parameters
    ----------
    targets : three Paths
        The matrix, the barcodes and the features; packed where a name ends in ``.gz``.
    matrix : AnnotatedMatrix
        Whole numbers, cells by genes. Columns are not written, but `feature_types` of genes where
        it stands in `var`; identifiers of genes are their names.

    Raises
    ------
    InputError
        If values are no whole numbers, or a name holds a tab or the end of a line.
    """
    counts = sparse.csr_array(matrix.values)
    if counts.dtype.kind not in "iu":
        msg = f"a matrix of {counts.dtype}; expected whole numbers; cast the counts"
        raise InputError(msg)
    if any(set(name) & set("\t\r\n") for name in (*matrix.obs_names, *matrix.var_names)):
        msg = "a name of a cell or gene holds a tab or the end of a line; rename it"
        raise InputError(msg)
    counts.eliminate_zeros()
    counts.sort_indices()
    cells = np.repeat(np.arange(1, counts.shape[0] + 1), np.diff(counts.indptr))
    entries = pl.DataFrame({
        "gene": counts.indices.astype(np.int64) + 1,
        "cell": cells,
        "count": counts.data,
    })
    size = f"{counts.shape[1]} {counts.shape[0]} {counts.nnz}"
    body = entries.write_csv(include_header=False, separator=" ")
    _write(targets[0], f"{_BANNER}\n{size}\n{body}")
    _write(targets[1], "".join(f"{name}\n" for name in matrix.obs_names))
    given = "feature_types" in matrix.var.columns
    kinds = matrix.var["feature_types"].to_list() if given else [_KIND] * len(matrix.var_names)
    rows = zip(matrix.var_names, kinds, strict=True)
    _write(targets[2], "".join(f"{name}\t{name}\t{kind}\n" for name, kind in rows))


def _write(path: Path, text: str) -> None:
    """Write text, packed where the name says so; the same text, the same bytes."""
    raw = text.encode("utf-8")
    # One in twenty larger than at the highest level, in a twentieth of the time.
    packed = gzip.compress(raw, _GZIP_LEVEL, mtime=0) if path.suffix == ".gz" else raw
    path.write_bytes(packed)


def read_tenx_matrix(folder: Path | str) -> AnnotatedMatrix:
    """Return the counts of a ``filtered_feature_bc_matrix`` folder of Cell Ranger 3 or later.

    Parameters
    ----------
    folder : Path or str

    Returns
    -------
    matrix : AnnotatedMatrix
        Cells by genes; `var` holds `gene_ids` and `feature_types`. Names are those of genes, which
        can stand twice; identifiers do not.

    Raises
    ------
    FormatError
        If a file is absent or damaged, or the three do not fit together.
    """
    folder = Path(folder)
    matrix, barcodes, features = (folder / name for name in TENX_FILES)
    cells = tuple(_lines(barcodes))
    rows = [line.split("\t") for line in _lines(features)]
    if any(len(row) < 3 for row in rows):
        msg = f"{features.name}: a line without three cells; expected identifier, name and kind"
        raise FormatError(msg)
    counts = _counts(matrix, (len(rows), len(cells)))
    var = pl.DataFrame({
        "gene_ids": pl.Series([row[0] for row in rows], dtype=pl.String),
        "feature_types": pl.Series([row[2] for row in rows], dtype=pl.String),
    })
    return AnnotatedMatrix(counts, cells, tuple(row[1] for row in rows), pl.DataFrame(), var)


def _text(path: Path) -> str:
    try:
        return unpacked(read_bytes(path), path.name).decode("utf-8")
    except UnicodeDecodeError as error:
        msg = f"{path.name}: not UTF-8 ({error.reason}); make or copy the file again"
        raise FormatError(msg) from error


def _lines(path: Path) -> list[str]:
    return [line for line in _text(path).replace("\r\n", "\n").split("\n") if line]


def _counts(path: Path, shape: tuple[int, int]) -> sparse.csr_array:
    """Return cells by genes from genes by cells.

    Raises
    ------
    FormatError
        If the file is no such matrix, or its shape is not that of the names.
    """
    text = _text(path)
    head, rest = "", text
    while rest.startswith("%"):
        comment, _, rest = rest.partition("\n")
        head = head or comment
    size, _, body = rest.partition("\n")
    if head.split()[:4] != _BANNER.split()[:4] or not _is_size(size, shape):
        msg = (
            f"{path.name}: begins {head[:60]!r}, size {size[:40]!r}; expected a Matrix Market file "
            f"of coordinates, {shape[0]} genes by {shape[1]} cells"
        )
        raise FormatError(msg)
    entries = _entries(body, path.name)
    gene, cell, count = (entries[name].to_numpy() for name in _ENTRY)
    if not _fit(gene, cell, shape) or len(count) != int(size.split()[2]):
        msg = f"{path.name}: {len(count)} entries, some outside {shape}; copy the file again"
        raise FormatError(msg)
    return sparse.csr_array((count, (cell - 1, gene - 1)), shape=shape[::-1])


def _is_size(line: str, shape: tuple[int, int]) -> bool:
    words = line.split()
    are_numbers = len(words) == 3 and all(word.isascii() and word.isdigit() for word in words)
    return are_numbers and (int(words[0]), int(words[1])) == shape


def _entries(body: str, name: str) -> pl.DataFrame:
    schema = dict.fromkeys(_ENTRY, pl.Int64)
    if not body.strip():
        return pl.DataFrame(schema=schema)
    try:
        entries = pl.read_csv(body.encode(), has_header=False, separator=" ", schema=schema)
    except pl.exceptions.PolarsError as error:
        msg = (
            f"{name}: an entry that is not three whole numbers ({str(error).splitlines()[0][:80]})"
        )
        raise FormatError(msg) from error
    if sum(entries.null_count().row(0)):
        msg = f"{name}: an entry that is not three whole numbers; copy the file again"
        raise FormatError(msg)
    return entries


def _fit(gene: NDArray[np.int64], cell: NDArray[np.int64], shape: tuple[int, int]) -> bool:
    return not gene.size or bool(
        min(gene.min(), cell.min()) >= 1 and gene.max() <= shape[0] and cell.max() <= shape[1]
    )
