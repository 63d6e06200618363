"""Single-cell RNA and chromatin gene activity of virtual people."""

from macroimmune.simulator.cells.chromatin_files import chromatin_delivery
from macroimmune.simulator.cells.expression_files import expression_delivery

__all__ = ["chromatin_delivery", "expression_delivery"]
