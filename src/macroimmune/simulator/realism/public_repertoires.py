"""Libraries and receptors of the public cohorts that virtual repertoires stand beside."""

import csv
import io
from pathlib import Path

import polars as pl

from macroimmune.formats import read_contigs
from macroimmune.simulator.repertoires.beside_real import library_measures

__all__ = [
    "Measures",
    "beta_cells",
    "bulk_receptors",
    "contig_receptors",
    "deep_sequencing_libraries",
    "read_libraries",
    "single_cell_libraries",
    "urothelial_table",
]

Measures = dict[str, float]

_CONTIG_PATIENTS = ("PX", "PY", "PZ")
_CONTIG_LETTERS = {"blood": "P", "tumour": "T"}
_SNYDER = {
    "blood": (
        "PBMC",
        {"unique_share": "Productive Uniques Ratio", "top_share": "Top Clone Freq(%)"},
    ),
    "tumour": ("Tumor", {}),
}
_SNYDER_BOTH = {
    "total": "Productive TCR Templates(cnt)",
    "clonotypes": "Productive Unique TCRs (cnt)",
    "clonality": "Clonality",
}
# What the page shows of a library: name and unit.


def urothelial_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table of Snyder 2017, which has the line ends of old Macs."""
    text = path.read_text(encoding="latin1").replace("\r\n", "\n").replace("\r", "\n")
    return list(csv.DictReader(io.StringIO(text)))


def deep_sequencing_libraries(folder: Path) -> dict[str, list[Measures]]:
    """Return what Snyder 2017 states of each library of blood and tumour.

    Parameters
    ----------
    folder : Path
        Of the cohort `hammerlab_urothelial`.
    """
    rows = urothelial_table(folder / "data_tcr.csv")
    found = {}
    for compartment, (sample_type, more) in _SNYDER.items():
        names = _SNYDER_BOTH | more
        libraries = [
            {name: float(row[column]) for name, column in names.items()}
            for row in rows
            if row["Sample Type"] == sample_type
        ]
        for library in libraries:
            if "top_share" in library:
                library["top_share"] /= 100.0
        found[compartment] = libraries
    return found


def read_libraries(folder: Path) -> list[Measures]:
    """Return what describes the reads of each patient's first draw.

    Parameters
    ----------
    folder : Path
        Of the cohort `iokin_tcr`.
    """
    first = _bulk(folder).filter(pl.col("Cycle") == "T0")
    return [
        library_measures(counts["cloneCount"].to_numpy())
        for _, counts in first.group_by("Patient_id", maintain_order=True)
    ]


def bulk_receptors(folder: Path) -> pl.DataFrame:
    """Return V gene and CDR3 length of every clonotype and draw of `iokin_tcr`."""
    return _bulk(folder).select(
        v=pl.col("allVHitsWithScore").str.extract(r"^(TRBV[^*]+)"),
        length=pl.col("aaSeqCDR3").str.len_chars(),
    )


def _bulk(folder: Path) -> pl.DataFrame:
    return pl.read_csv(folder / "03_IOKIN_BuffyCoat_TRB-CDR3.csv")


def beta_cells(folder: Path, patient: str, compartment: str) -> pl.DataFrame:
    """Return the productive beta chain of each cell, the one of most molecules.

    Parameters
    ----------
    folder : Path
        Of the cohort `tenx_contigs`.
    patient : str
        `PX`, `PY` or `PZ`.
    compartment : str
        `blood` or `tumour`.
    """
    path = folder / f"ccRCC_contigs_{patient}_{_CONTIG_LETTERS[compartment]}.csv.gz"
    beta = read_contigs(path).filter("productive", pl.col("chain") == "TRB")
    return beta.sort("umis", descending=True).unique("barcode", keep="first", maintain_order=True)


def single_cell_libraries(folder: Path) -> dict[str, list[Measures]]:
    """Return what describes the cells of each library of `tenx_contigs`."""
    return {
        compartment: [
            library_measures(
                beta_cells(folder, patient, compartment)
                .group_by("v_gene", "j_gene", "cdr3_nt")
                .len()["len"]
                .to_numpy()
            )
            for patient in _CONTIG_PATIENTS
        ]
        for compartment in _CONTIG_LETTERS
    }


def contig_receptors(folder: Path) -> pl.DataFrame:
    """Return V gene and CDR3 length of every clonotype of `tenx_contigs`."""
    contigs = pl.concat([
        read_contigs(path).filter("productive", pl.col("chain") == "TRB")
        for path in sorted(folder.glob("*.csv.gz"))
    ])
    return contigs.unique(["v_gene", "cdr3_nt"], maintain_order=True).select(
        v="v_gene", length=pl.col("cdr3").str.len_chars()
    )
