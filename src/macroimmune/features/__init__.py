"""Features: the catalogue, a file per family, and the engine that computes what can be."""

from macroimmune.features.catalogue import ROUTINE_BLOODS, blood_parts
from macroimmune.features.change import CHANGE_SUFFIX, baseline_rows
from macroimmune.features.definition import FeatureDefinition, FeatureTable
from macroimmune.features.engine import compute_features
from macroimmune.features.expression_scores import expression_features
from macroimmune.features.listing import feature_list
from macroimmune.features.populations import population_id
from macroimmune.features.repertoire_cells import cell_features
from macroimmune.features.repertoire_changes import change_features
from macroimmune.features.repertoire_diversity import diversity_features
from macroimmune.features.repertoires import repertoire_features
from macroimmune.features.responsiveness import responsiveness_features
from macroimmune.features.scales import SCALE_LABELS, is_standardised, scaled

__all__ = [
    "CHANGE_SUFFIX",
    "ROUTINE_BLOODS",
    "SCALE_LABELS",
    "FeatureDefinition",
    "FeatureTable",
    "baseline_rows",
    "blood_parts",
    "cell_features",
    "change_features",
    "compute_features",
    "diversity_features",
    "expression_features",
    "feature_list",
    "is_standardised",
    "population_id",
    "repertoire_features",
    "responsiveness_features",
    "scaled",
]
