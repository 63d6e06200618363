"""Make the summary numbers of the public cohorts anew."""

from pathlib import Path

import polars as pl

from macroimmune.datasets import find_dataset
from macroimmune.simulator.calibration import CohortTable, Summaries, summarise
from macroimmune.workflow.calibration_cohorts import calibration_tables

__all__ = ["calibrate"]


def calibrate(out: Path) -> Summaries:
    """Write the summary numbers of the public cohorts into `out` and return them.

    Parameters
    ----------
    out : Path
        Made if absent; gets `marginals.csv`, `correlations.csv`, `survival.csv`, `response.csv`
        and `sources.csv`.

    Returns
    -------
    summaries : Summaries

    Raises
    ------
    InputError
        If a cohort is not on this machine.
    """
    tables = calibration_tables()
    summaries = summarise(tables)
    summaries.write(out)
    _sources(tables).write_csv(out / "sources.csv", line_terminator="\n")
    return summaries


def _sources(tables: tuple[CohortTable, ...]) -> pl.DataFrame:
    rows = []
    for table in tables:
        dataset = find_dataset(table.dataset)
        for file in dataset.files:
            if file.path in table.files and table.group == "all":
                rows.append({
                    "cohort": table.cohort,
                    "dataset": dataset.name,
                    "file": file.path,
                    "sha256": file.sha256,
                    "licence": dataset.licence,
                    "citation": dataset.citation,
                    "note": table.note,
                })
    return pl.DataFrame(rows)
