"""results.json: the numbers of the page for other programs."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from macroimmune.report.source import ReportSource

__all__ = ["write_twin"]

TWIN_FILE = "results.json"
_DIGITS = 6


def write_twin(source: ReportSource, folder: Path) -> Path:
    """Write the run record and every table of the page, column by column.

    Parameters
    ----------
    source : ReportSource
    folder : Path
        Where the file is written.

    Returns
    -------
    path : Path

    Notes
    -----
    Convention: numbers carry six significant digits, missing ones are null, a table is an
    object of columns of one length. The values of single participants stay in features.parquet.
    """
    content: dict[str, Any] = {
        "run": dict(source.run),
        "tables": {name: _columns(frame) for name, frame in source.tables.items()},
    }
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path = folder / TWIN_FILE
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _columns(frame: pl.DataFrame) -> dict[str, list[Any]]:
    numbers = pl.selectors.float()
    finite = pl.when(numbers.is_finite()).then(numbers.round_sig_figs(_DIGITS))
    return frame.with_columns(finite.name.keep()).to_dict(as_series=False)
