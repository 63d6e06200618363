"""Labels of cells from a table by barcode."""

from pathlib import Path

import polars as pl

from macroimmune.errors import FormatError

__all__ = ["labelled_chains"]

_BARCODES = ("barcode", "barcodes", "cell", "cell_id", "cell_barcode", "cellid")
_LABELS = ("population", "label", "labels", "cell_type", "celltype", "cell type", "annotation")
# Cell Ranger's number of the well, which some tables leave out.
_WELL = r"-\d+$"


def labelled_chains(
    chains: pl.DataFrame, path: Path, *, column: str = ""
) -> tuple[pl.DataFrame, str]:
    """Return the chains with the label of their cell as `population`.

    Parameters
    ----------
    chains : DataFrame
        With `cell_id`.
    path : Path
        CSV or TSV with a row per cell.
    column : str
        Heading of the labels; empty: the first usual one, else the second column.

    Returns
    -------
    chains : DataFrame
    remark : str
        What a person should know; empty where all is well.

    Raises
    ------
    FormatError
        If the table cannot be read, has no such column, names a barcode twice, or none of a cell.

    Notes
    -----
    Convention: barcodes are compared as they are written, and without the number of the well
    where that finds more. A cell without a row has no label.
    """
    labels = _labels(path, column)
    cells = chains["cell_id"].unique().drop_nulls()
    bare = labels.with_columns(pl.col("cell_id").str.replace(_WELL, ""))
    keys = cells.str.replace(_WELL, "")
    as_written = int(cells.is_in(labels["cell_id"].implode()).sum())
    as_bare = int(keys.is_in(bare["cell_id"].implode()).sum())
    if not max(as_written, as_bare):
        msg = (
            f"{path.name}: barcode {labels['cell_id'][0]!r}, where cells are named "
            f"{cells[0]!r}; expected barcodes of the file of chains"
            if labels.height and cells.len()
            else f"{path.name}: no barcode of a cell of the file of chains"
        )
        raise FormatError(msg)
    key = pl.col("cell_id")
    if as_bare > as_written and not bare["cell_id"].is_duplicated().any():
        labels, key, known = bare, key.str.replace(_WELL, ""), as_bare
    else:
        known = as_written
    table = chains.drop("population", strict=False).with_columns(key.alias("_key"))
    joined = table.join(
        labels.rename({"cell_id": "_key"}), on="_key", how="left", maintain_order="left"
    )
    missing = cells.len() - known
    remark = f"{missing:,} of {cells.len():,} cells without a label" if missing else ""
    return joined.drop("_key"), remark


def _labels(path: Path, column: str) -> pl.DataFrame:
    """Return cell_id and population.

    Raises
    ------
    FormatError
        If the table cannot be read, has no such column, or names a barcode twice.
    """
    separator = "\t" if {".tsv", ".txt"} & set(path.suffixes) else ","
    try:
        table = pl.read_csv(path, infer_schema=False, separator=separator)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0][:120]
        msg = f"{path.name}: no table of labels ({reason}); expected a row per barcode"
        raise FormatError(msg) from error
    key = next((one for one in table.columns if one.lower() in _BARCODES), table.columns[0])
    others = [one for one in table.columns if one != key]
    usual = [one for one in others if one.lower() in _LABELS]
    chosen = column or (usual or others or [""])[0]
    if chosen not in others:
        msg = (
            f"{path.name}: no column {chosen or 'of labels'!r} beside {key!r}; found "
            f"{', '.join(table.columns)[:120]}; name it as population_column"
        )
        raise FormatError(msg)
    found = table.select(pl.col(key).alias("cell_id"), pl.col(chosen).alias("population"))
    if found["cell_id"].is_duplicated().any():
        twice = found["cell_id"].filter(found["cell_id"].is_duplicated())[0]
        msg = f"{path.name}: barcode {twice!r} stands twice; expected one row per cell"
        raise FormatError(msg)
    return found
