"""Genes of cells: scores of gene sets by cell, population and donor; activity at rest."""

from macroimmune.expression.cell_scores import cell_scores, pseudobulk_scores
from macroimmune.expression.gene_activity import GeneActivity, gene_activity
from macroimmune.expression.matched_sets import (
    SetSpecificity,
    matched_gene_sets,
    set_specificity,
)
from macroimmune.expression.measure import MeasuredExpression, has_expression, measure_expression

__all__ = [
    "GeneActivity",
    "MeasuredExpression",
    "SetSpecificity",
    "cell_scores",
    "gene_activity",
    "has_expression",
    "matched_gene_sets",
    "measure_expression",
    "pseudobulk_scores",
    "set_specificity",
]
