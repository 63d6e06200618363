"""Troubles of one table that holds the clonotypes of all samples."""

from dataclasses import replace

import numpy as np
import polars as pl

from macroimmune.simulator.study_files import DeliveredTable, StudyFiles
from macroimmune.simulator.troubles.places import frame_of, place_of
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["CLONOTYPE_TABLE_TROUBLES"]

_FILE = "clonotypes.csv"
_SECTION = f"""
[clonotypes]
file = "{_FILE}"
participant_id = "Patient"
days_from_treatment_start = "Day"
count = "Templates"
junction = "CDR3"
v_call = "V"
j_call = "J"
chain = {{ constant = "TRB" }}
counted = {{ constant = "templates" }}
"""


def _clonotypes(files: StudyFiles, rng: np.random.Generator) -> pl.DataFrame:
    """Return ten clonotypes of each patient before treatment."""
    ids = frame_of(files, "participants")[place_of(files, "participants", "participant_id").heading]
    codons = np.array(["GCC", "AGC", "GGT", "CAG", "TAC", "GAA"])
    middles = ["".join(row) for row in rng.choice(codons, (10 * ids.len(), 12))]
    return pl.DataFrame({
        "Patient": [one for one in ids for _ in range(10)],
        "Day": 0,
        "Templates": rng.integers(1, 40, 10 * ids.len()),
        "CDR3": [f"TGT{middle}TTC" for middle in middles],
        "V": "TRBV19",
        "J": "TRBJ2-7",
    })


def _with_shares(files: StudyFiles, rng: np.random.Generator) -> StudyFiles:
    """Give the share of each clonotype in place of its count."""
    table = _clonotypes(files, rng)
    shares = pl.col("Templates") / pl.col("Templates").sum().over("Patient")
    tables = {**files.tables, _FILE: DeliveredTable(table.with_columns(Templates=shares.round(6)))}
    return replace(files, tables=tables, settings=files.settings + _SECTION)


CLONOTYPE_TABLE_TROUBLES = (
    Trouble(
        "shares-of-clonotypes",
        "a table of clonotypes gives shares where counts belong",
        ("clonotypes",),
        _with_shares,
        says=("count-not-whole",),
    ),
)
