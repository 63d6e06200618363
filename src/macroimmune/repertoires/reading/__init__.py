"""From the files and tables of a study to repertoires by one definition of clonotypes."""

from macroimmune.repertoires.reading.chain_cache import chain_cache_folder, read_cached_chains
from macroimmune.repertoires.reading.chain_faults import FAULT_ADVICE, FAULT_COLUMNS
from macroimmune.repertoires.reading.chains import CHAIN_COLUMNS, ReadChains, read_chains
from macroimmune.repertoires.reading.clonotype_names import clonotype_words
from macroimmune.repertoires.reading.counted_clonotypes import (
    CountedChains,
    clonotypes_of,
    count_chains,
)
from macroimmune.repertoires.reading.read_repertoires import has_repertoires, read_repertoires

__all__ = [
    "CHAIN_COLUMNS",
    "FAULT_ADVICE",
    "FAULT_COLUMNS",
    "CountedChains",
    "ReadChains",
    "chain_cache_folder",
    "clonotype_words",
    "clonotypes_of",
    "count_chains",
    "has_repertoires",
    "read_cached_chains",
    "read_chains",
    "read_repertoires",
]
