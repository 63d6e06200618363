"""All features of T cell repertoires, from the tables that they leave."""

from collections.abc import Mapping

import polars as pl

from macroimmune.features.definition import FeatureDefinition
from macroimmune.features.receptor_neighbours import neighbour_features
from macroimmune.features.repertoire_cells import cell_features
from macroimmune.features.repertoire_changes import change_features
from macroimmune.features.repertoire_diversity import diversity_features
from macroimmune.features.repertoire_sharing import sharing_features
from macroimmune.study import Study

__all__ = ["repertoire_features"]

_FAMILIES = (
    sharing_features,
    diversity_features,
    change_features,
    cell_features,
    neighbour_features,
)


def repertoire_features(
    tables: Mapping[str, pl.DataFrame], *, study: Study
) -> list[tuple[FeatureDefinition, pl.DataFrame]]:
    """Return the features of repertoires, each with the values of its samples.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        Those of `measure_repertoires`.
    study : Study
        For its settings and the compartments of its samples.
    """
    return [one for family in _FAMILIES for one in family(tables, study=study)]
