"""Findings of the stage: files and gates that could not be used, with what to do."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from macroimmune.cytometry.stage.second_look import TROUBLES
from macroimmune.results import Finding
from macroimmune.work import WorkTask

__all__ = ["USED", "left_out_findings", "no_cluster_findings"]

USED = "used"


def left_out_findings(
    quality: pl.DataFrame, second: Mapping[str, WorkTask], work: Path
) -> tuple[Finding, ...]:
    """Return a warning for every file, workspace and table of labels that was left out.

    Parameters
    ----------
    quality : polars DataFrame
        Table `cytometry_quality`.
    second : mapping from raw_file to WorkTask
        The second look at each file that was used.
    work : Path
    """
    files = [
        Finding(
            "warning",
            "cytometry-file-left-out",
            row["raw_file"],
            None,
            "",
            row["status"],
            "an FCS file whose live single cells can be gated",
            "Nothing of this study uses the file. Export it again, or delete its row.",
        )
        for row in quality.filter(pl.col("status") != USED).iter_rows(named=True)
    ]
    gates = [
        Finding(
            "warning",
            "gates-left-out",
            raw_file,
            None,
            row["way"],
            row["trouble"],
            "gates or labels of this file",
            "The other ways of gating were used. Correct the path, or leave the cell empty.",
        )
        for raw_file, task in second.items()
        for row in pl.read_parquet(work / task.key / TROUBLES).iter_rows(named=True)
    ]
    return (*files, *gates)


def no_cluster_findings(troubles: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return a note for each panel whose cells could not be clustered.

    Parameters
    ----------
    troubles : mapping from panel to str
        Why; empty where they were, or where nobody asked.
    """
    return tuple(
        Finding(
            "note",
            "cells-not-clustered",
            "",
            None,
            "panel",
            f"{panel or '(not named)'}: {why}",
            "cells of unstimulated files with markers in common",
            "Gates are not concerned. Name panels in column panel, or set n_clusters = 0.",
        )
        for panel, why in troubles.items()
        if why
    )
