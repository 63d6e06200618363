"""results.json: the numbers of the page for other programs."""

import json
from pathlib import Path

import polars as pl

from macroimmune.report.source import ReportSource

__all__ = ["write_twin"]

TWIN_FILE = "results.json"
_DIGITS = 6
# Bins of densities, every response of every donor, every clone of every repertoire: the page draws
# them, programs read the Parquet files.
_LEFT_OUT = (
    "gate_histograms",
    "batch_densities",
    "response_densities",
    "stimulation_responses",
    "rarefaction",
    "clone_ranks",
    "gene_usage",
    "clone_changes",
    "clone_tracking",
    "receptor_clusters",
)
_LINE = ("curve", "feature", "endpoint", "landmark_days", "group")


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
    Convention: `{"run": ..., "tables": {table: {column: [values]}}}`. Numbers carry six
    significant digits, missing ones are null. In `curves` a row is a line, and x, y, ci_low,
    ci_high and n are lists of its points. The values of single participants, other than the
    dots of the distributions, stay in features.parquet; bins of densities, responses of single
    donors to a stimulus, and clones and curves of single repertoires stay in theirs.
    """
    tables = {name: frame for name, frame in source.tables.items() if name not in _LEFT_OUT}
    rounded = _rounded(tables["curves"])
    tables["curves"] = rounded.group_by(_LINE, maintain_order=True).agg(pl.all())
    parts = (
        f"{json.dumps(name)}:{_columns(frame if name == 'curves' else _rounded(frame))}"
        for name, frame in tables.items()
    )
    run = json.dumps(dict(source.run), ensure_ascii=False, allow_nan=False)
    path = folder / TWIN_FILE
    path.write_text(f'{{"run":{run},"tables":{{{",".join(parts)}}}}}\n', encoding="utf-8")
    return path


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    numbers = pl.selectors.float()
    finite = pl.when(numbers.is_finite()).then(numbers.round_sig_figs(_DIGITS))
    return frame.with_columns(finite.name.keep())


def _columns(frame: pl.DataFrame) -> str:
    """Return a table as a JSON object of columns; polars writes it many times faster than json."""
    if frame.height == 0:
        return json.dumps({name: [] for name in frame.columns})
    return frame.select(pl.all().implode()).write_json()[1:-1]
