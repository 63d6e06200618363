"""File formats of the laboratory: bytes to arrays and tables and back; no study is known here."""

from macroimmune.formats.airr_rearrangements import Rearrangements, read_airr, write_airr
from macroimmune.formats.clinical_tables import Dialect, read_table, write_table
from macroimmune.formats.fcs_reading import (
    FcsData,
    FcsHead,
    linear_events,
    read_fcs,
    read_fcs_head,
)
from macroimmune.formats.fcs_spillover import Spillover
from macroimmune.formats.fcs_writing import FcsHeading, write_fcs
from macroimmune.formats.h5ad import AnnotatedMatrix, read_h5ad, write_h5ad
from macroimmune.formats.h5ad_heads import H5adHead, read_h5ad_heads
from macroimmune.formats.h5ad_matrices import h5ad_matrices
from macroimmune.formats.matrix_blocks import BlockMatrix, MatrixBlock, in_blocks
from macroimmune.formats.receptor_head import DelimitedHead, named_heading, read_receptor_head
from macroimmune.formats.receptor_layouts import (
    RECEPTOR_LAYOUTS,
    layout_of_heading,
    usual_counts,
)
from macroimmune.formats.tenx_contigs import read_contigs, write_contigs
from macroimmune.formats.tenx_matrix import read_tenx_matrix, write_tenx_matrix
from macroimmune.formats.workbook_writing import write_workbook

__all__ = [
    "AnnotatedMatrix",
    "BlockMatrix",
    "DelimitedHead",
    "Dialect",
    "FcsData",
    "FcsHead",
    "FcsHeading",
    "H5adHead",
    "MatrixBlock",
    "RECEPTOR_LAYOUTS",
    "Rearrangements",
    "Spillover",
    "h5ad_matrices",
    "in_blocks",
    "linear_events",
    "named_heading",
    "layout_of_heading",
    "read_airr",
    "read_contigs",
    "read_fcs",
    "read_fcs_head",
    "read_h5ad",
    "read_h5ad_heads",
    "read_table",
    "read_receptor_head",
    "read_tenx_matrix",
    "usual_counts",
    "write_airr",
    "write_contigs",
    "write_fcs",
    "write_h5ad",
    "write_table",
    "write_tenx_matrix",
    "write_workbook",
]
