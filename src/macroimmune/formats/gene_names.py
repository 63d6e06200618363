"""Names of receptor genes as IMGT spells them, from the spellings of programs and laboratories."""

import re

import polars as pl

__all__ = ["imgt_gene", "imgt_genes", "locus_of_gene"]

# Families with one gene have no member in their IMGT name: immunoSEQ's TCRBV19-01 is TRBV19, but
# TCRBV29-01 is TRBV29-1.
_FAMILIES_WITH_MEMBERS = {
    "TRBV": {3, 4, 5, 6, 7, 8, 10, 11, 12, 20, 21, 22, 23, 24, 25, 29},
    "TRBJ": {1, 2},
    "TRAV": {1, 8, 9, 12, 13, 26, 38},
    "IGHV": set(range(1, 9)),
    "IGHD": set(range(1, 8)),
    "IGKV": set(range(1, 8)),
    "IGLV": set(range(1, 12)),
}
# V genes of alpha that delta uses too; IMGT names both.
_DELTA_NAMES = {"14": "4", "23": "6", "29": "5", "36": "7", "38-2": "8"}
_GENE = re.compile(r"(?<![A-Z])(?:TCR|TR|IG)[ABGDHKL][VDJC][A-Z0-9/._-]*", re.IGNORECASE)
_ADAPTIVE = re.compile(
    r"TCR([ABGD])([VDJ])0*(\d+)(?:DV\d+)?(?:-(?:0*(\d+)|OR0*(\d+)[_-]0*(\d+)))?$"
)
_DELTA = re.compile(r"(TRAV(\d+(?:-\d+)?))(?:/?DV\d+)?$")


def imgt_gene(text: str) -> str | None:
    """Return the first gene that a cell names, without allele and score.

    Parameters
    ----------
    text : str
        ``TRBV6-2*01,TRBV6-3*01``, ``TRBV19*00(609.4)``, ``Homsap TRBV19*01 F``,
        ``TCRBV05-01*01``, ``TRAV29DV5`` ...

    Returns
    -------
    gene : str or None
        None where no gene of a receptor is named: empty, ``unresolved``, a family alone, or
        letters that are not ASCII.

    Notes
    -----
    Convention: of several genes the first stands; programs write the best first. Of immunoSEQ's
    names a family without a member is a gene only where the family has one.
    Source: IMGT nomenclature of TRA, TRB, TRG, TRD; immunoSEQ pads its numbers with zeros.

    Examples
    --------
    >>> imgt_gene("TRBV6-2*01,TRBV6-3*01"), imgt_gene("TCRBV19-01*01"), imgt_gene("TCRBV05-01")
    ('TRBV6-2', 'TRBV19', 'TRBV5-1')
    >>> imgt_gene("TRAV29DV5*00(512.3)"), imgt_gene("unresolved")
    ('TRAV29/DV5', None)
    """
    found = _GENE.search(text) if text.isascii() else None
    if found is None:
        return None
    name = found.group().rstrip("/._-").upper()
    if name.startswith("TCR"):
        return _from_adaptive(name)
    return _with_delta(name)


def _from_adaptive(name: str) -> str | None:
    parts = _ADAPTIVE.match(name.split("/")[0])
    if parts is None:
        return None
    chain, segment, family, member, orphon, chromosome_member = parts.groups()
    start = f"TR{chain}{segment}"
    if orphon:
        return f"{start}{family}/OR{orphon}-{chromosome_member}"
    if int(family) in _FAMILIES_WITH_MEMBERS.get(start, ()):
        return _with_delta(f"{start}{family}-{member}") if member else None
    return _with_delta(f"{start}{family}")


def _with_delta(name: str) -> str:
    parts = _DELTA.match(name)
    delta = _DELTA_NAMES.get(parts.group(2)) if parts else None
    return f"{parts.group(1)}/DV{delta}" if parts and delta else name


def imgt_genes(cells: pl.Series) -> pl.Series:
    """Return `imgt_gene` of every cell; null where it is null or names none."""
    spelled = cells.unique().drop_nulls()
    # Scores differ in every row: take them off before each spelling is looked at.
    bare = spelled.str.extract(r"^([^(]*)") if len(spelled) > 1000 else spelled
    names = {one: imgt_gene(one) for one in bare.unique().to_list()}
    genes = bare.replace_strict(names, return_dtype=pl.String)
    return cells.replace_strict(spelled, genes, default=None, return_dtype=pl.String)


def locus_of_gene(genes: pl.Series) -> pl.Series:
    """Return the locus of genes: TRB of TRBV19; null stays null."""
    return genes.str.slice(0, 3)
