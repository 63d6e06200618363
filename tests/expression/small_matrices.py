"""Small matrices of counts whose interferon-stimulated genes are known."""

import numpy as np
import polars as pl
from scipy import sparse

from macroimmune.evidence import find_gene_set
from macroimmune.expression.listed_rows import ListedRow
from macroimmune.formats import AnnotatedMatrix

INTERFERON = find_gene_set("hallmark_ifn_alpha").genes
OTHERS = tuple(f"OTHER{number}" for number in range(400))
GENES = (*INTERFERON, *OTHERS)


def listed_row(**known) -> ListedRow:
    usual = {
        "participant_id": "P1",
        "sample_id": "S1",
        "days_from_treatment_start": 0.0,
        "compartment": "blood",
        "raw_file": "cells.h5ad",
        "format": "h5ad",
        "sample_column": "",
        "stimulus": "",
        "stimulus_minutes": 360.0,
        "stimulus_dose": None,
        "stimulus_dose_unit": "",
        "stimulus_column": "",
        "population_column": "",
        "labels": "",
        "batch": "1",
    }
    return ListedRow(**(usual | known))


def drawn_counts(rng, n_cells, *, factor=1.0, genes=GENES) -> np.ndarray:
    """Return counts of cells whose interferon-stimulated genes are multiplied by a factor."""
    rates = np.full(len(genes), 1.5)
    rates[[number for number, gene in enumerate(genes) if gene in INTERFERON]] *= factor
    return rng.poisson(rates, (n_cells, len(genes)))


def matrix_of(counts, obs, genes=GENES, var=None) -> AnnotatedMatrix:
    names = tuple(f"cell{number}" for number in range(len(counts)))
    return AnnotatedMatrix(
        sparse.csr_array(counts), names, tuple(genes), obs, pl.DataFrame() if var is None else var
    )
