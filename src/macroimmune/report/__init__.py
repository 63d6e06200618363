"""Saved results as one self-contained page, with its JSON twin, a workbook and figures."""

from macroimmune.report.write import write_figures, write_report

__all__ = ["write_figures", "write_report"]
