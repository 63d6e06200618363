"""Tables that list raw files: what each file holds, of which sample, and where it lies."""

from macroimmune.schema.common_columns import (
    BATCH,
    COMPARTMENT,
    DAY,
    PARTICIPANT,
    RAW_FILE,
    SAMPLE,
    STIMULUS_COLUMNS,
    UNIT,
    VALUE,
)
from macroimmune.schema.cytometry_tables import CYTOMETRY_TABLES
from macroimmune.schema.declarations import Column, Table

__all__ = ["RAW_TABLES"]

_SAMPLE_COLUMN = Column(
    "sample_column",
    "text",
    "column of obs that holds the sample, where one file holds several",
)
_POPULATION_COLUMN = Column(
    "population_column", "text", "column of obs that holds the population of a cell"
)
_MATRIX_FORMAT = Column(
    "format", "category", "h5ad where the name ends so", categories=("h5ad", "10x", "table")
)
_CHAIN = Column(
    "chain",
    "category",
    "",
    categories=("TRA", "TRB", "TRG", "TRD", "IGH", "IGK", "IGL", "several"),
)
_COUNTED = Column(
    "counted",
    "category",
    "what its counts are",
    categories=("templates", "umis", "cells", "reads"),
)
_SORTED = Column("population", "text", "of which the cells were sorted; empty: all T cells")

RAW_TABLES = (
    *CYTOMETRY_TABLES,
    Table(
        "repertoires",
        "file of receptor chains",
        (
            SAMPLE,
            PARTICIPANT,
            DAY,
            COMPARTMENT,
            RAW_FILE,
            Column(
                "format",
                "category",
                "10x where the file is CSV, else AIRR; table: any headings, which columns name",
                categories=("airr", "10x", "immunoseq", "mixcr", "vdjtools", "table"),
            ),
            _CHAIN,
            _COUNTED,
            Column("count_column", "text", "heading of the counts, where not the usual one"),
            Column("junction_column", "text", "heading of the nucleotides of the CDR3"),
            Column("junction_aa_column", "text", "heading of the amino acids of the CDR3"),
            Column("v_column", "text", "heading of the V gene"),
            Column("j_column", "text", "heading of the J gene"),
            _SORTED,
            Column("population_column", "text", "heading of the populations of cells"),
            Column("labels", "text", "CSV of cell labels by barcode, of 10x files", is_path=True),
            Column("library", "text", "which of several libraries of one sample"),
            BATCH,
        ),
        key=("raw_file",),
    ),
    Table(
        "clonotypes",
        "clonotype of a sample, in a table that holds them all",
        (
            SAMPLE,
            PARTICIPANT,
            DAY,
            COMPARTMENT,
            Column("count", "number", "how often it was counted", low=0),
            Column("junction", "text", "nucleotides of the CDR3"),
            Column("junction_aa", "text", "amino acids of the CDR3"),
            Column("v_call", "text", "V gene"),
            Column("j_call", "text", "J gene"),
            Column("productive", "boolean", "in frame without a stop codon; worked out if absent"),
            _CHAIN,
            _COUNTED,
            _SORTED,
            Column("library", "text", "which of several libraries of one sample"),
            BATCH,
        ),
        key=("sample_id", "library", "population", "chain", "junction", "v_call", "j_call"),
    ),
    Table(
        "expression",
        "sample in a file of gene counts",
        (
            SAMPLE,
            PARTICIPANT,
            DAY,
            COMPARTMENT,
            RAW_FILE,
            _MATRIX_FORMAT,
            _SAMPLE_COLUMN,
            *STIMULUS_COLUMNS,
            Column(
                "stimulus_column",
                "text",
                "column of obs that holds the stimulus, where one file holds several wells",
            ),
            _POPULATION_COLUMN,
            Column("labels", "text", "CSV of cell labels by barcode, of 10x folders", is_path=True),
            BATCH,
        ),
        key=("raw_file", "sample_id", "stimulus"),
    ),
    Table(
        "chromatin",
        "sample in a file of peaks or of gene activity",
        (
            SAMPLE,
            PARTICIPANT,
            DAY,
            COMPARTMENT,
            RAW_FILE,
            _MATRIX_FORMAT,
            _SAMPLE_COLUMN,
            _POPULATION_COLUMN,
            BATCH,
        ),
        key=("raw_file", "sample_id"),
    ),
    Table(
        "stimulated_levels",
        "level of a marker in a population after a stimulus, or without one, measured elsewhere",
        (
            SAMPLE,
            PARTICIPANT,
            DAY,
            COMPARTMENT,
            Column("population", "text", "in whose cells"),
            Column("marker", "text", "antigen, such as pSTAT1"),
            *STIMULUS_COLUMNS,
            VALUE,
            UNIT,
            Column("n_cells", "number", "cells that were measured", low=0),
            BATCH,
        ),
        key=(
            "sample_id",
            "population",
            "marker",
            "stimulus",
            "stimulus_minutes",
            "stimulus_dose",
            "batch",
        ),
        measured="marker",
    ),
)
