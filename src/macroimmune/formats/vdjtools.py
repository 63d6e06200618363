"""VDJtools clonotype tables and plain tables: headings and what they mean."""

from macroimmune.formats.receptor_layout import ReceptorLayout

__all__ = ["PLAIN_LAYOUT", "VDJTOOLS_LAYOUT"]

# One column of counts, of whatever the laboratory counts.
_KINDS = ("templates", "umis", "cells", "reads")

VDJTOOLS_LAYOUT = ReceptorLayout(
    name="vdjtools",
    headings={
        "v_gene": ("v", "V", "v_call"),
        "j_gene": ("j", "J", "j_call"),
        "junction": ("cdr3nt", "CDR3nt", "CDR3 nucleotide sequence"),
        "junction_aa": ("cdr3aa", "CDR3aa", "CDR3 amino acid sequence"),
    },
    counts=dict.fromkeys(_KINDS, ("count", "Count", "counts")),
)

# Headings are the user's; those of this table stand where they use the project's own words.
PLAIN_LAYOUT = ReceptorLayout(
    name="table",
    headings={
        "cell_id": ("cell_id", "barcode"),
        "locus": ("locus", "chain"),
        "v_gene": ("v_gene", "v_call", "v"),
        "j_gene": ("j_gene", "j_call", "j"),
        "junction": ("junction", "cdr3nt", "cdr3_nt"),
        "junction_aa": ("junction_aa", "cdr3aa", "cdr3_aa"),
        "productive": ("productive",),
        "umis": ("umis",),
        "reads": ("reads",),
    },
    counts={kind: ("count", kind) for kind in _KINDS},
    separator="",
)
