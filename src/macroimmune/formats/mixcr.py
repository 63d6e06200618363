"""MiXCR's exported clones, second to fourth version: headings and what they mean."""

from macroimmune.formats.receptor_layout import ReceptorLayout

__all__ = ["MIXCR_LAYOUT"]

_V = ("bestVGene", "vGene", "bestVHit", "vHit", "allVHitsWithScore", "vHitsWithScore", "allVHits")
_J = ("bestJGene", "jGene", "bestJHit", "jHit", "allJHitsWithScore", "jHitsWithScore", "allJHits")
_UMIS = ("uniqueMoleculeCount", "uniqueUMICount", "uniqueTagCountUMI", "uniqueTagCountMolecule")
_READS = ("readCount", "cloneCount", "count", "Clone count")

MIXCR_LAYOUT = ReceptorLayout(
    name="mixcr",
    headings={
        "cell_id": ("tagValueCELL", "tagValueCELL0ROW"),
        "v_gene": (*_V, "All V hits", "Best V hit", "Best V gene"),
        "j_gene": (
            *_J,
            "All J hits",
            "Best J hit",
            "Best J gene",
        ),
        "junction": ("nSeqCDR3", "N. Seq. CDR3", "nSeqImputedCDR3"),
        "junction_aa": ("aaSeqCDR3", "AA. Seq. CDR3", "aaSeqImputedCDR3"),
        "umis": _UMIS,
        "reads": _READS,
    },
    counts={
        "umis": _UMIS,
        "reads": _READS,
        "cells": ("uniqueTagCountCELL", "uniqueCellCount", "tagValueCELL"),
    },
    umis_of_cells=_UMIS,
)
