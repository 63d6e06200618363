"""What a table of labels says of the cells of a file, by barcode."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from macroimmune.errors import FormatError

__all__ = ["with_labels"]

_BARCODES = ("barcode", "barcodes", "cell", "cell_id", "cell_barcode")


def with_labels(
    obs: pl.DataFrame, names: Sequence[str], folder: Path, labels: str
) -> tuple[pl.DataFrame, str]:
    """Return the columns of cells with those of a table of labels beside.

    Parameters
    ----------
    obs : DataFrame
        A row per cell, or without columns.
    names : sequence of str
        Barcodes.
    folder : Path
        Of the study.
    labels : str
        Path of the CSV; empty: none.

    Returns
    -------
    obs : DataFrame
        A column of the table goes before one of the same name.
    remark : str

    Raises
    ------
    FormatError
        If the table cannot be read, a barcode stands twice, or none is that of a cell.

    Notes
    -----
    Convention: the column barcode, else the first; a cell without a row has no words.
    """
    if not labels:
        return obs, ""
    try:
        table = pl.read_csv(folder / labels, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0][:120]
        msg = f"{labels}: no table of labels ({reason}); expected CSV with a row per barcode"
        raise FormatError(msg) from error
    key = next((name for name in table.columns if name.lower() in _BARCODES), table.columns[0])
    table = table.rename({key: "_barcode"})
    if table["_barcode"].is_duplicated().any():
        twice = table["_barcode"].filter(table["_barcode"].is_duplicated())[0]
        msg = f"{labels}: barcode {twice!r} stands twice; expected one row per cell"
        raise FormatError(msg)
    cells = pl.DataFrame({"_barcode": pl.Series(names, dtype=pl.String)})
    joined = cells.join(table, on="_barcode", how="left", maintain_order="left")
    n_known = int(cells["_barcode"].is_in(table["_barcode"].implode()).sum())
    if not n_known:
        msg = (
            f"{labels}: no barcode of the file, such as {table['_barcode'][0]!r} where cells are "
            f"named {names[0]!r}; write barcodes as the file does"
        )
        raise FormatError(msg)
    others = [column for column in obs.columns if column not in table.columns]
    missing = len(names) - n_known
    remark = f"{missing} cells without a row in {Path(labels).name}" if missing else ""
    return joined.drop("_barcode").hstack(obs.select(others)), remark
