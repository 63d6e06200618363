"""What is published: biomarkers, perturbations, claims and populations, each with its source."""

from macroimmune.evidence.antigen import Antigen, Role, antigens, find_antigen
from macroimmune.evidence.biomarker import Biomarker, biomarkers, biomarkers_of
from macroimmune.evidence.claim import Claim, claims
from macroimmune.evidence.finding import SearchHit, search
from macroimmune.evidence.gene_set import GeneSet, GeneSetKind, find_gene_set, gene_sets
from macroimmune.evidence.hierarchy import Hierarchy, gating_hierarchy
from macroimmune.evidence.index import lookup
from macroimmune.evidence.label_populations import populations_of_label, populations_of_labels
from macroimmune.evidence.perturbation import Perturbation, perturbations
from macroimmune.evidence.population import Population, find_population, populations
from macroimmune.evidence.population_definition import (
    MarkerSign,
    PopulationDefinition,
    PopulationKind,
    Species,
    population_definitions,
)
from macroimmune.evidence.source import Source, sources
from macroimmune.evidence.stimulus import (
    MarkerKind,
    MarkerList,
    Stimulus,
    find_stimulus,
    marker_lists,
    stimuli,
)

__all__ = [
    "Antigen",
    "Biomarker",
    "Claim",
    "GeneSet",
    "GeneSetKind",
    "Hierarchy",
    "MarkerKind",
    "MarkerList",
    "MarkerSign",
    "Perturbation",
    "Population",
    "PopulationDefinition",
    "PopulationKind",
    "Role",
    "SearchHit",
    "Source",
    "Species",
    "Stimulus",
    "antigens",
    "biomarkers",
    "biomarkers_of",
    "claims",
    "find_antigen",
    "find_gene_set",
    "find_population",
    "find_stimulus",
    "gating_hierarchy",
    "gene_sets",
    "lookup",
    "marker_lists",
    "perturbations",
    "population_definitions",
    "populations",
    "populations_of_label",
    "populations_of_labels",
    "search",
    "sources",
    "stimuli",
]
