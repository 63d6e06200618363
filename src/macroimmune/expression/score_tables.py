"""The tables of expression: what was read of each sample, and the scores of its populations."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl
from scipy import special

from macroimmune.evidence import GeneSet, gene_sets
from macroimmune.expression.counted_file import CountedFile, PopulationScores
from macroimmune.expression.expression_wells import ExpressionWell
from macroimmune.expression.listed_rows import ListedRow
from macroimmune.results import conform, empty

__all__ = ["FEW_CELLS", "LEAST_CELLS", "USED", "expression_quality", "expression_scores"]

LEAST_CELLS, FEW_CELLS = 20, 50
USED = "used"
_SHOWN = 12


def expression_quality(
    files: Mapping[str, tuple[Sequence[ListedRow], CountedFile | str]],
    wells: Sequence[ExpressionWell],
) -> pl.DataFrame:
    """Return the table `expression_quality`: every well, and every row that gave none.

    Parameters
    ----------
    files : mapping from raw_file to (rows, CountedFile or str)
        A text says why the file was left out.
    wells : sequence of ExpressionWell
        Of those files.
    """
    rows = [_quality(well) for well in wells]
    for listed, file in files.values():
        for number, row in enumerate(listed):
            trouble = None if isinstance(file, str) else file.row_troubles.get(str(number))
            why = file if isinstance(file, str) else trouble.found if trouble else ""
            if why:
                rows.append(_left_out(row, why))
    if not rows:
        return empty("expression_quality")
    return conform("expression_quality", pl.DataFrame(rows, infer_schema_length=None))


def _left_out(row: ListedRow, why: str) -> dict[str, object]:
    return _told(row, row.stimulus) | {
        "n_cells": None,
        "n_genes": None,
        "median_counts": None,
        "populations": "",
        "status": f"left out: {why}",
    }


def _told(row: ListedRow, stimulus: str) -> dict[str, object]:
    return {
        "participant_id": row.participant_id,
        "sample_id": row.sample_id,
        "raw_file": row.raw_file,
        "stimulus": stimulus,
        "stimulus_minutes": row.stimulus_minutes,
        "batch": row.batch,
    }


def _quality(well: ExpressionWell) -> dict[str, object]:
    counted = well.counted
    cells = sorted(
        ((one.n_cells, name) for name, one in counted.populations.items() if name), reverse=True
    )
    shown = [f"{name} {n}" for n, name in cells[:_SHOWN]]
    more = [f"{len(cells) - _SHOWN} more"] if len(cells) > _SHOWN else []
    remarks = [*well.file.remarks, well.file.row_remarks.get(str(counted.row), "")]
    trouble = well.file.label_troubles.get(str(counted.row))
    if trouble:
        remarks.append(f"populations not known: {trouble.found}")
    if counted.n_empty:
        remarks.append(f"{counted.n_empty} cells without a count left out")
    return _told(well.row, well.stimulus) | {
        "stimulus_minutes": well.minutes,
        "n_cells": counted.n_cells,
        "n_genes": counted.n_genes,
        "median_counts": counted.median_counts,
        "populations": "; ".join([*shown, *more]),
        "status": "; ".join([USED, *filter(None, remarks)]),
    }


def expression_scores(wells: Sequence[ExpressionWell]) -> pl.DataFrame:
    """Return the table `expression_scores`.

    Parameters
    ----------
    wells : sequence of ExpressionWell

    Notes
    -----
    Convention: no score with fewer than 20 cells or half of the genes of a set; with fewer than 50
    cells the status says so. The interval of the mean over cells is that of Student.
    """
    rows = [row for well in wells for row in _scores(well)]
    if not rows:
        return empty("expression_scores")
    return conform("expression_scores", pl.DataFrame(rows, infer_schema_length=None))


def _scores(well: ExpressionWell) -> Iterator[dict[str, object]]:
    told = {
        "participant_id": well.row.participant_id,
        "sample_id": well.row.sample_id,
        "days_from_treatment_start": well.row.days_from_treatment_start,
        "stimulus": well.stimulus,
        "stimulus_minutes": well.minutes,
        "batch": well.row.batch,
    }
    for population, scores in well.counted.populations.items():
        for number, one in enumerate(gene_sets()):
            yield (
                told
                | {"population": population, "gene_set": one.id, "n_cells": scores.n_cells}
                | _numbers(scores, number, one, well.file.present[number])
            )


def _numbers(
    scores: PopulationScores, number: int, one: GeneSet, present: int
) -> dict[str, object]:
    size = len(one.genes)
    found: dict[str, object] = {"n_genes": present, "n_set": size}
    names = ("cell_mean", "cell_sd", "pseudobulk", "pseudobulk_se", "ci_low", "ci_high")
    if 2 * present < size:
        why = f"{present} of {size} genes in the file: fewer than half"
    elif scores.n_cells < LEAST_CELLS:
        why = f"{scores.n_cells} cells: fewer than {LEAST_CELLS}"
    else:
        mean, variance, pseudobulk, error = (float(value) for value in scores.numbers[:, number])
        sd = float(np.sqrt(variance))
        reach = special.stdtrit(scores.n_cells - 1, 0.975) * sd / np.sqrt(scores.n_cells)
        few = f"{scores.n_cells} cells: fewer than {FEW_CELLS}"
        numbers = (mean, sd, pseudobulk, error, mean - reach, mean + reach)
        status = few if scores.n_cells < FEW_CELLS else ""
        return found | dict(zip(names, numbers, strict=True)) | {"status": status}
    return found | dict.fromkeys(names) | {"status": why}
