"""What repertoires share: overlap, turnover, tracked clones, blood and tumour."""

from macroimmune.repertoires.sharing.sharing_tables import sharing_tables

__all__ = ["sharing_tables"]
