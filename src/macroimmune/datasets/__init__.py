"""The public cohorts: what each is, where its files lie, and ready descriptions to analyse them."""

from macroimmune.datasets.fetching import fetch
from macroimmune.datasets.locating import cache_folder, locate
from macroimmune.datasets.ready_studies import (
    ReadyStudy,
    ready_studies,
    study_text,
    write_study,
)
from macroimmune.datasets.registry import DataFile, Dataset, datasets, find_dataset

__all__ = [
    "DataFile",
    "Dataset",
    "ReadyStudy",
    "cache_folder",
    "datasets",
    "fetch",
    "find_dataset",
    "locate",
    "ready_studies",
    "study_text",
    "write_study",
]
