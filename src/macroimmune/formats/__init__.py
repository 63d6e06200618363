"""File formats of the laboratory: bytes to arrays and tables and back; no study is known here."""

from macroimmune.formats.fcs_reading import FcsData, linear_events, read_fcs
from macroimmune.formats.fcs_spillover import Spillover
from macroimmune.formats.fcs_writing import FcsHeading, write_fcs

__all__ = [
    "FcsData",
    "FcsHeading",
    "Spillover",
    "linear_events",
    "read_fcs",
    "write_fcs",
]
