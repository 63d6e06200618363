"""Clonotypes of a library as files: AIRR, and like immunoSEQ and MiXCR write them."""

from pathlib import Path

import polars as pl

from macroimmune.formats.airr_rearrangements import write_airr
from macroimmune.formats.delimited import write_text

__all__ = ["LIBRARY_ENDINGS", "write_library"]

LIBRARY_ENDINGS = {"airr": "airr.tsv", "immunoseq": "immunoseq.tsv", "mixcr": "mixcr.txt"}


def write_library(
    path: Path, clonotypes: pl.DataFrame, *, layout: str, counted: str, sample_id: str
) -> None:
    """Write the clonotypes of one library.

    Parameters
    ----------
    path : Path
    clonotypes : polars DataFrame
        As from `library_clonotypes`.
    layout : {"airr", "immunoseq", "mixcr"}
    counted : {"templates", "umis", "reads"}
        What the laboratory counts; with reads alone no column holds templates.
    sample_id : str

    Notes
    -----
    Convention: AIRR: `duplicate_count` holds templates or UMIs and `consensus_count` their reads;
    with reads alone `duplicate_count` holds reads. The sequence is the junction. immunoSEQ-like:
    the leading columns of its rearrangement export; MiXCR-like: those of `exportClones`, without
    rearrangements out of frame. Alleles are written as *01, MiXCR's as *00.
    """
    if layout == "airr":
        write_airr(path, _airr(clonotypes, counted, sample_id))
        return
    table = _immunoseq(clonotypes, counted, sample_id)
    if layout == "mixcr":
        table = _mixcr(clonotypes, counted)
    write_text(path, table.write_csv(separator="\t", quote_style="never", null_value=""))


def _airr(clonotypes: pl.DataFrame, counted: str, sample_id: str) -> pl.DataFrame:
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(6)
    templates, reads = pl.col("templates"), pl.col("reads")
    counts = {"duplicate_count": templates, "consensus_count": reads}
    if counted == "umis":
        counts["umi_count"] = templates
    elif counted == "reads":
        counts = {"duplicate_count": reads}
    return clonotypes.select(
        sequence_id=pl.lit(f"{sample_id}-") + number,
        sequence="junction",
        rev_comp=pl.lit(value=False),
        productive="productive",
        v_call=pl.col("v_gene") + "*01",
        d_call=pl.col("d_gene") + "*01",
        j_call=pl.col("j_gene") + "*01",
        junction="junction",
        junction_aa="junction_aa",
        vj_in_frame="vj_in_frame",
        stop_codon="stop_codon",
        locus=pl.lit("TRB"),
        junction_length=pl.col("junction").str.len_bytes().cast(pl.Int64),
        repertoire_id=pl.lit(sample_id),
        **counts,
    )


def _immunoseq(clonotypes: pl.DataFrame, counted: str, sample_id: str) -> pl.DataFrame:
    count = pl.col("reads" if counted == "reads" else "templates")
    only_productive = count.filter(pl.col("productive")).sum()
    frame = pl.when("productive").then(pl.lit("In")).when("vj_in_frame").then(pl.lit("Stop"))
    families = [
        expression
        for kind in ("v", "d", "j")
        for expression in (
            _adaptive(f"{kind}_gene").str.extract(r"^(TCRB[VDJ]\d+)").alias(f"{kind}_family"),
            _adaptive(f"{kind}_gene").alias(f"{kind}_gene"),
            pl
            .when(pl.col(f"{kind}_gene").is_not_null())
            .then(pl.lit("01"))
            .alias(f"{kind}_allele"),
        )
    ]
    return clonotypes.select(
        pl.col("junction").alias("rearrangement"),
        pl.col("junction_aa").alias("amino_acid"),
        frame.otherwise(pl.lit("Out")).alias("frame_type"),
        pl.lit("VDJ").alias("rearrangement_type"),
        (pl.lit(None) if counted == "reads" else count).alias("templates"),
        pl.col("reads"),
        (count / count.sum()).alias("frequency"),
        pl.when("productive").then(count / only_productive).alias("productive_frequency"),
        pl.col("junction").str.len_bytes().alias("cdr3_length"),
        *families,
        pl.lit(sample_id).alias("sample_name"),
    )


def _adaptive(column: str) -> pl.Expr:
    """Return gene names with two digits each: TRBV5-1 is TCRBV05-01, TRBV19 is TCRBV19-01."""
    kind = pl.col(column).str.extract(r"^TRB([VDJ])")
    family = pl.col(column).str.extract(r"^TRB[VDJ](\d+)").str.zfill(2)
    member = pl.col(column).str.extract(r"-(\d+)$").fill_null("1").str.zfill(2)
    return pl.lit("TCRB") + kind + family + "-" + member


def _mixcr(clonotypes: pl.DataFrame, counted: str) -> pl.DataFrame:
    framed = clonotypes.filter("vj_in_frame")
    scores = [
        (pl.col(f"{kind}_gene") + f"*00({score})").alias(f"all{kind.upper()}HitsWithScore")
        for kind, score in (("v", 600), ("d", 40), ("j", 200))
    ]
    molecules = [pl.col("templates").alias("uniqueMoleculeCount")] if counted == "umis" else []
    return framed.select(
        pl.int_range(pl.len()).alias("cloneId"),
        pl.col("reads").alias("cloneCount"),
        (pl.col("reads") / pl.col("reads").sum()).alias("cloneFraction"),
        *molecules,
        pl.col("junction").alias("targetSequences"),
        *scores,
        pl.col("junction").alias("nSeqCDR3"),
        pl.col("junction_aa").alias("aaSeqCDR3"),
    )
