"""All formats of receptor chains by name, and the headings of counts in each."""

from collections.abc import Mapping
from types import MappingProxyType

from macroimmune.formats.immunoseq import IMMUNOSEQ_LAYOUT
from macroimmune.formats.mixcr import MIXCR_LAYOUT
from macroimmune.formats.receptor_layout import ReceptorLayout
from macroimmune.formats.vdjtools import PLAIN_LAYOUT, VDJTOOLS_LAYOUT

__all__ = ["RECEPTOR_LAYOUTS", "usual_counts"]

# Three counts of AIRR, never one for another but as what is counted says: duplicate_count are the
# copies of a sequence, consensus_count the reads behind its consensus, umi_count its molecules.
_AIRR = ReceptorLayout(
    name="airr",
    headings={
        "cell_id": ("cell_id",),
        "is_cell": ("is_cell",),
        "high_confidence": ("high_confidence",),
        "locus": ("locus",),
        "v_gene": ("v_call",),
        "j_gene": ("j_call",),
        "junction": ("junction",),
        "junction_aa": ("junction_aa",),
        "cdr3": ("cdr3",),
        "cdr3_aa": ("cdr3_aa",),
        "productive": ("productive",),
        "umis": ("umi_count",),
        "reads": ("consensus_count",),
    },
    counts={
        "templates": ("duplicate_count",),
        "umis": ("umi_count", "duplicate_count"),
        "reads": ("consensus_count", "duplicate_count"),
        "cells": ("cell_id",),
    },
    # Cell Ranger writes the UMIs of a contig as its duplicate_count.
    umis_of_cells=("umi_count", "duplicate_count"),
)

_TENX = ReceptorLayout(
    name="10x",
    headings={
        "cell_id": ("barcode",),
        "is_cell": ("is_cell",),
        "high_confidence": ("high_confidence",),
        "locus": ("chain",),
        "v_gene": ("v_gene",),
        "j_gene": ("j_gene",),
        "junction": ("cdr3_nt",),
        "junction_aa": ("cdr3",),
        "productive": ("productive",),
        "umis": ("umis",),
        "reads": ("reads",),
    },
    counts={"umis": ("umis",), "reads": ("reads",), "cells": ("barcode",)},
    separator=",",
    umis_of_cells=("umis",),
)

RECEPTOR_LAYOUTS: Mapping[str, ReceptorLayout] = MappingProxyType({
    layout.name: layout
    for layout in (_AIRR, _TENX, IMMUNOSEQ_LAYOUT, MIXCR_LAYOUT, VDJTOOLS_LAYOUT, PLAIN_LAYOUT)
})


def usual_counts(layout: str, counted: str) -> tuple[str, ...]:
    """Return the usual headings of what is counted, best first; empty where none is usual.

    Examples
    --------
    >>> usual_counts("airr", "reads"), usual_counts("10x", "templates")
    (('consensus_count', 'duplicate_count'), ())
    """
    found = RECEPTOR_LAYOUTS.get(layout)
    return found.counts.get(counted, ()) if found else ()
