"""Clusters of cells: a map that is trained on a sample, applied to every file and named."""

from macroimmune.cytometry.clustering.cell_map import CellMap, ClusteredEvents, train_clusters
from macroimmune.cytometry.clustering.cluster_descriptions import (
    ClusterDescription,
    clusters_frame,
    describe_clusters,
)
from macroimmune.cytometry.clustering.cluster_summary import (
    ClusterSummary,
    add_summaries,
    summarise_clusters,
)
from macroimmune.cytometry.clustering.training_sample import (
    described_antigens,
    sample_for_training,
)

__all__ = [
    "CellMap",
    "ClusterDescription",
    "ClusterSummary",
    "ClusteredEvents",
    "add_summaries",
    "clusters_frame",
    "describe_clusters",
    "described_antigens",
    "sample_for_training",
    "summarise_clusters",
    "train_clusters",
]
