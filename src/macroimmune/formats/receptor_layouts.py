"""All formats of receptor chains by name, and the headings of counts in each."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from macroimmune.formats.immunoseq import IMMUNOSEQ_LAYOUT
from macroimmune.formats.mixcr import MIXCR_LAYOUT
from macroimmune.formats.receptor_head import named_heading
from macroimmune.formats.receptor_layout import ReceptorLayout
from macroimmune.formats.vdjtools import PLAIN_LAYOUT, VDJTOOLS_LAYOUT

__all__ = ["RECEPTOR_LAYOUTS", "layout_of_heading", "usual_counts"]

_FEWEST_COLUMNS = 5

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


def layout_of_heading(names: Sequence[str]) -> str:
    """Return the format of which a heading has the most columns; empty with fewer than five.

    Examples
    --------
    >>> layout_of_heading(["barcode", "chain", "v_gene", "j_gene", "cdr3", "cdr3_nt", "umis"])
    '10x'
    >>> layout_of_heading(["a", "b"])
    ''
    """
    found = {
        name: sum(
            named_heading(some, tuple(names)) is not None for some in layout.headings.values()
        )
        for name, layout in RECEPTOR_LAYOUTS.items()
        if name != PLAIN_LAYOUT.name
    }
    likely = max(found, key=lambda name: found[name])
    return likely if found[likely] >= _FEWEST_COLUMNS else ""
