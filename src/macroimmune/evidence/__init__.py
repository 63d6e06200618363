"""What is published: biomarkers, perturbations, claims, populations, each line with its source."""

from macroimmune.evidence.population_names import find_population
from macroimmune.evidence.records import Biomarker, Claim, Perturbation, Population, Source
from macroimmune.evidence.search import SearchHit, search
from macroimmune.evidence.tables import (
    biomarkers,
    biomarkers_of,
    claims,
    lookup,
    perturbations,
    populations,
    sources,
)

__all__ = [
    "Biomarker",
    "Claim",
    "Perturbation",
    "Population",
    "SearchHit",
    "Source",
    "biomarkers",
    "biomarkers_of",
    "claims",
    "find_population",
    "lookup",
    "perturbations",
    "populations",
    "search",
    "sources",
]
