"""Single-cell RNA: counts of genes to scores of gene sets, by cell, population and donor."""

from macroimmune.expression.cell_scores import cell_scores, pseudobulk_scores
from macroimmune.expression.matched_sets import (
    SetSpecificity,
    matched_gene_sets,
    set_specificity,
)
from macroimmune.expression.measure import MeasuredExpression, has_expression, measure_expression

__all__ = [
    "MeasuredExpression",
    "SetSpecificity",
    "cell_scores",
    "has_expression",
    "matched_gene_sets",
    "measure_expression",
    "pseudobulk_scores",
    "set_specificity",
]
