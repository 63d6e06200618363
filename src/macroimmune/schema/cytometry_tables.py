"""Tables of cytometry: the FCS files of samples, those of controls, and what channels measure."""

from macroimmune.schema.common_columns import (
    BATCH,
    COMPARTMENT,
    DAY,
    PARTICIPANT,
    RAW_FILE,
    SAMPLE,
    STIMULUS_COLUMNS,
)
from macroimmune.schema.declarations import Column, Table

__all__ = ["CYTOMETRY_TABLES"]

_PANEL = Column("panel", "text", "files of one panel have the same channels")

CYTOMETRY_TABLES = (
    Table(
        "cytometry",
        "FCS file: one well",
        (
            SAMPLE,
            PARTICIPANT,
            DAY,
            COMPARTMENT,
            RAW_FILE,
            _PANEL,
            *STIMULUS_COLUMNS,
            BATCH,
            Column(
                "workspace",
                "text",
                "FlowJo workspace or GatingML file that gates it; its path as that of raw_file",
                is_path=True,
            ),
            Column(
                "labels",
                "text",
                "CSV or Parquet file with a label per event; its path as that of raw_file",
                is_path=True,
            ),
        ),
        key=("raw_file",),
    ),
    Table(
        "cytometry_controls",
        "FCS file of a control that is measured in every batch",
        (
            Column("control", "text", "the material, such as a donor whose cells were frozen"),
            RAW_FILE,
            _PANEL,
            *STIMULUS_COLUMNS,
            BATCH,
        ),
        key=("raw_file",),
    ),
    Table(
        "panels",
        "panel and channel",
        (
            Column("panel", "text", "as in cytometry; empty: any panel without rows of its own"),
            Column("channel", "text", "$PnN of the file, or its label $PnS", required=True),
            Column("antigen", "text", "CD3, HLA-DR, pSTAT1, ...; empty: what the file says"),
            Column(
                "role",
                "category",
                "lineage markers type cells, state markers never do; empty: as usual for it",
                categories=(
                    "lineage",
                    "state",
                    "viability",
                    "dna",
                    "bead",
                    "barcode",
                    "scatter",
                    "time",
                    "event_length",
                    "other",
                ),
            ),
        ),
        key=("panel", "channel"),
    ),
)
