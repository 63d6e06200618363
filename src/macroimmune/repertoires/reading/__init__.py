"""Repertoire files of every format, read into clonotypes."""

from macroimmune.repertoires.reading.chain_cache import chain_cache_folder, read_cached_chains
from macroimmune.repertoires.reading.chain_faults import FAULT_COLUMNS
from macroimmune.repertoires.reading.chains import CHAIN_COLUMNS, ReadChains, read_chains

__all__ = [
    "CHAIN_COLUMNS",
    "FAULT_COLUMNS",
    "ReadChains",
    "chain_cache_folder",
    "read_cached_chains",
    "read_chains",
]
