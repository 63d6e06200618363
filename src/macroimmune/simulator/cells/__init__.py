"""Single-cell RNA and chromatin gene activity of virtual people."""

from macroimmune.simulator.cells.expression_files import expression_delivery

__all__ = ["expression_delivery"]
