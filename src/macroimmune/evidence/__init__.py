"""What is published: biomarkers, perturbations, claims and populations, each with its source."""

from macroimmune.evidence.biomarker import Biomarker, biomarkers, biomarkers_of
from macroimmune.evidence.claim import Claim, claims
from macroimmune.evidence.finding import SearchHit, search
from macroimmune.evidence.index import lookup
from macroimmune.evidence.perturbation import Perturbation, perturbations
from macroimmune.evidence.population import Population, find_population, populations
from macroimmune.evidence.source import Source, sources

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
