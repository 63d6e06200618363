"""What a clonotype is called: the CDR3, and the genes that belong to it."""

import polars as pl

from macroimmune.study import RepertoireSettings

__all__ = ["BETWEEN_CHAINS", "clonotype_name", "clonotype_words", "pair_of"]

# Between the chains of a cell, where a clonotype is several.
BETWEEN_CHAINS = "+"
_PAIRS = {"TRA": "TRA", "TRB": "TRA", "TRG": "TRG", "TRD": "TRG"}


def clonotype_name(settings: RepertoireSettings) -> pl.Expr:
    """Return the expression that names the clonotype of each chain.

    Parameters
    ----------
    settings : RepertoireSettings
        Of what a clonotype is made.

    Notes
    -----
    Convention: V gene, CDR3, J gene with ``|`` between; a gene that is not known is empty, so
    chains of which it is known are other clonotypes.

    Examples
    --------
    >>> chain = pl.DataFrame({
    ...     "v_gene": ["TRBV19"],
    ...     "j_gene": [None],
    ...     "junction": ["TGTGCC"],
    ...     "junction_aa": ["CA"],
    ... })
    >>> chain.select(clonotype_name(RepertoireSettings())).item()
    'TRBV19|TGTGCC|'
    """
    sequence = "junction" if settings.sequence == "nucleotide" else "junction_aa"
    named = {
        "v and j": ("v_gene", sequence, "j_gene"),
        "v": ("v_gene", sequence),
        "none": (sequence,),
    }[settings.genes]
    return pl.concat_str([pl.col(name).fill_null("") for name in named], separator="|")


def clonotype_words(settings: RepertoireSettings) -> str:
    """Return what a clonotype is, in words.

    Examples
    --------
    >>> clonotype_words(RepertoireSettings())
    'TRB: nucleotides of the CDR3, V and J gene; productive'
    """
    letters = "nucleotides" if settings.sequence == "nucleotide" else "amino acids"
    genes = {"v and j": ", V and J gene", "v": ", V gene", "none": ""}[settings.genes]
    chain = "both chains of a cell" if settings.chain == "paired" else settings.chain
    several = {
        "most umis": "",
        "all": "; all chains of a cell together",
        "drop cell": "; cells with several chains left out",
    }[settings.several_chains]
    kept = "productive" if settings.only_productive else "productive or not"
    barcodes = "" if settings.only_cells else "; barcodes that are no cells too"
    return f"{chain}: {letters} of the CDR3{genes}; {kept}{several}{barcodes}"


def pair_of(locus: pl.Expr) -> pl.Expr:
    """Return TRA for TRA and TRB, TRG for TRG and TRD, IGH for all of B cells."""
    return (
        pl
        .when(locus.str.starts_with("IG"))
        .then(pl.lit("IGH"))
        .otherwise(locus.replace_strict(_PAIRS, default=None, return_dtype=pl.String))
    )
