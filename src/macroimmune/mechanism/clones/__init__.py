"""Clones of T cells: a stochastic layer over the totals of a run, and what samples show of it."""

from macroimmune.mechanism.clones.clonal_observables import (
    CLONAL_OBSERVABLES,
    PUBLISHED_SHARES,
    clonal_observables,
)
from macroimmune.mechanism.clones.clonal_run import ClonalRun, clonal_run
from macroimmune.mechanism.clones.clone_history import CloneHistory, clone_history
from macroimmune.mechanism.clones.clone_settings import CloneSettings, SamplingDepth
from macroimmune.mechanism.clones.clone_table import clone_table
from macroimmune.mechanism.clones.novel_clones import NovelShares, novel_shares
from macroimmune.mechanism.clones.regulatory_clones import RegulatoryClones, regulatory_clones
from macroimmune.mechanism.clones.run_totals import CLONE_FLOWS, clone_engine, run_totals
from macroimmune.mechanism.clones.sampled_repertoires import (
    SampledBiopsy,
    SampledBlood,
    sample_biopsy,
    sample_blood,
)
from macroimmune.mechanism.clones.subset_totals import CellFlow, SubsetTotals

__all__ = [
    "CLONAL_OBSERVABLES",
    "CLONE_FLOWS",
    "CellFlow",
    "ClonalRun",
    "CloneHistory",
    "CloneSettings",
    "PUBLISHED_SHARES",
    "NovelShares",
    "RegulatoryClones",
    "SampledBiopsy",
    "SampledBlood",
    "SamplingDepth",
    "SubsetTotals",
    "clonal_observables",
    "clonal_run",
    "clone_engine",
    "clone_history",
    "clone_table",
    "novel_shares",
    "regulatory_clones",
    "run_totals",
    "sample_biopsy",
    "sample_blood",
]
