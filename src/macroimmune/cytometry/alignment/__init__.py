"""Batch effects of cytometry measured and, where it is safe, removed from lineage channels."""

from macroimmune.cytometry.alignment.alignment import Alignment, BatchMap
from macroimmune.cytometry.alignment.batched_file import BatchedFile
from macroimmune.cytometry.alignment.channel_quantiles import FileQuantiles, channel_quantiles
from macroimmune.cytometry.alignment.learning import learn_alignment
from macroimmune.cytometry.alignment.measuring import MeasuredBatches, measure_and_align

__all__ = [
    "Alignment",
    "BatchMap",
    "BatchedFile",
    "FileQuantiles",
    "MeasuredBatches",
    "channel_quantiles",
    "learn_alignment",
    "measure_and_align",
]
