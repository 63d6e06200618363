"""immunoSEQ exports, first to third version: headings and what they mean."""

from macroimmune.formats.receptor_layout import ReceptorLayout

__all__ = ["IMMUNOSEQ_LAYOUT"]

# The first version writes sequenceStatus, vMaxResolved and count (templates/reads), later ones
# frame_type, v_gene or v_resolved, and templates. The nucleotides are the whole read: the CDR3 of
# which starts at v_index and is cdr3_length long. Genes are immunoSEQ's own, TCRBV05-01.
IMMUNOSEQ_LAYOUT = ReceptorLayout(
    name="immunoseq",
    headings={
        "locus": ("locus",),
        "v_gene": ("v_gene", "v_resolved", "vGeneName", "vMaxResolved"),
        "j_gene": ("j_gene", "j_resolved", "jGeneName", "jMaxResolved"),
        "v_gene_ties": ("v_gene_ties", "vGeneNameTies"),
        "j_gene_ties": ("j_gene_ties", "jGeneNameTies"),
        "junction": ("cdr3_rearrangement", "rearrangement", "nucleotide"),
        "junction_aa": ("amino_acid", "cdr3_amino_acid", "aminoAcid"),
        "frame": ("frame_type", "sequenceStatus", "fuction"),
        "start": ("v_index", "cdr3_start_index", "vIndex"),
        "length": ("cdr3_length", "cdr3Length"),
        "reads": ("reads", "seq_reads", "count (reads)"),
    },
    counts={
        "templates": (
            "templates",
            "estimatedNumberGenomes",
            "count (templates)",
            "count (templates/reads)",
        ),
        "reads": ("reads", "seq_reads", "count (reads)", "count (templates/reads)", "copy"),
    },
)
