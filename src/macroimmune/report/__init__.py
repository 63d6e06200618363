"""Saved results as one self-contained page, with its JSON twin, a workbook and figures."""

from macroimmune.report.realism_page import write_realism_page
from macroimmune.report.write import write_figures, write_report

__all__ = ["write_figures", "write_realism_page", "write_report"]
