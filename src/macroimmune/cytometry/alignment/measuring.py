"""Batches of a study measured and, if asked for, aligned: the stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from macroimmune.cytometry.alignment.alignment import Alignment
from macroimmune.cytometry.alignment.batched_file import (
    BatchedFile,
    bridging_files,
    sample_files,
)
from macroimmune.cytometry.alignment.learning import LEAST_CELLS, learn_alignment
from macroimmune.cytometry.alignment.measured_rows import BATCH_SCHEMAS, measured
from macroimmune.statistics.confounding_refusal import confounding_refusal

__all__ = ["MeasuredBatches", "measure_and_align"]

CONTROLS, SAMPLES = "bridging controls", "unstimulated samples"
_LEARNED_ON = {"controls": CONTROLS, "batches": SAMPLES}


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredBatches:
    """The batch effects of a study, and the alignment that removes them.

    Parameters
    ----------
    effects, densities : polars DataFrame
        Rows of the result tables `batch_effects` and `batch_densities`.
    alignment : Alignment or None
        None where none was asked for, or where every panel was refused. A panel that was refused
        alone has no maps in it, and its events stay as they are.
    status : str
        What was done, or why not, panel by panel.
    """

    effects: pl.DataFrame
    densities: pl.DataFrame
    alignment: Alignment | None
    status: str


def measure_and_align(
    files: Sequence[BatchedFile],
    *,
    align: Literal["none", "controls", "batches"],
    rng: np.random.Generator,
) -> MeasuredBatches:
    """Return batch effects before and after alignment, with the alignment.

    Parameters
    ----------
    files : sequence of BatchedFile
        All files of the study, stimulated ones too (they are not looked at).
    align : {"none", "controls", "batches"}
        Learned on nothing, on bridging controls, or on the unstimulated samples of each batch.
    rng : numpy Generator

    Returns
    -------
    batches : MeasuredBatches

    Notes
    -----
    Convention: refused, with the data left as they are, where batch is confounded with any label
    of the participants (`confounding_refusal`), where a file of a participant has no batch, and
    where a batch has nothing to learn from. State markers are measured, never aligned.
    """
    effects, densities, statuses, maps = [], [], [], []
    for panel in sorted({one.quantiles.panel for one in files}):
        of_panel = [one for one in files if one.quantiles.panel == panel]
        why = "" if align == "none" else _why_not(of_panel, align, rng)
        alignment = None if align == "none" or why else _learned(of_panel, align)
        sets = {
            CONTROLS: bridging_files(of_panel, LEAST_CELLS),
            SAMPLES: sample_files(of_panel, LEAST_CELLS),
        }
        rows, curves = measured(panel, sets, alignment, why, rng=rng)
        effects += rows
        densities += curves
        statuses.append(f"{panel}: {_told(align, why, alignment)}")
        maps += [] if alignment is None else list(alignment.maps)
    aligned = None
    if maps:
        aligned = Alignment(tuple(maps), "mean of batches", _LEARNED_ON[align])
    return MeasuredBatches(
        pl.DataFrame(effects, schema=BATCH_SCHEMAS["batch_effects"]),
        pl.DataFrame(densities, schema=BATCH_SCHEMAS["batch_densities"]),
        aligned,
        "; ".join(statuses),
    )


def _learned(files: Sequence[BatchedFile], align: str) -> Alignment:
    found = (bridging_files if align == "controls" else sample_files)(files, LEAST_CELLS)
    donors = (
        [one.quantiles.file for one in found]
        if align == "controls"
        else [one.donor for one in found]
    )
    return learn_alignment(
        [one.quantiles for one in found],
        [one.batch for one in found],
        donors=donors,
        learned_on=_LEARNED_ON[align],
    )


def _told(align: str, why: str, alignment: Alignment | None) -> str:
    if align == "none":
        return "batches measured, not aligned"
    if alignment is None:
        return f"not aligned: {why}"
    return f"lineage channels aligned to the mean of batches, learned on {_LEARNED_ON[align]}"


def _why_not(files: Sequence[BatchedFile], align: str, rng: np.random.Generator) -> str:
    """Return why the files of a panel are not aligned, empty where they are."""
    people = [one for one in files if not one.is_control]
    unknown = [one.quantiles.file for one in people if not one.batch]
    if unknown:
        return f"{len(unknown)} files have no batch, {unknown[0]} the first"
    batches = {one.batch for one in people or files if one.batch}
    if len(batches) < 2:
        return f"{len(batches)} batch"
    found = (bridging_files if align == "controls" else sample_files)(files, LEAST_CELLS)
    lacking = sorted(batches - {one.batch for one in found})
    if lacking:
        what = "tube of one bridging control" if align == "controls" else "sample of a participant"
        return f"no unstimulated {what} with {LEAST_CELLS} cells in {', '.join(lacking)}"
    return _confounded(people, rng)


def _confounded(people: Sequence[BatchedFile], rng: np.random.Generator) -> str:
    for name in dict.fromkeys(label for one in people for label in one.labels):
        # A donor's group counts once per batch; a time point once per donor and batch.
        units = sorted({(one.donor, one.batch, one.labels.get(name, "")) for one in people})
        batches, groups = [unit[1] for unit in units], [unit[2] for unit in units]
        why = confounding_refusal(batches, groups, name, rng=rng)
        if why:
            return why
    return ""
