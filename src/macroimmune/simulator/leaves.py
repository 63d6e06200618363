"""The smallest populations of mononuclear cells that virtual blood is made of."""

from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["LEAVES", "Leaf"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One population that is not divided further; all leaves together are the PBMC.

    Parameters
    ----------
    id : str
        As in `evidence` (populations.csv).
    lineage : str
        `cd4_t`, `cd8_t`, `t_other`, `b_cell`, `nk`, `monocyte`, `dendritic_cell` or `other`.
    percent_of_pbmc : float
        Of an average healthy adult of 45 years, before calibration; all leaves sum to 100.
    """

    id: str
    lineage: str
    percent_of_pbmc: float


LEAVES = MappingProxyType({
    leaf.id: leaf
    for leaf in (
        Leaf("naive_cd4", "cd4_t", 15.0),
        Leaf("cm_cd4", "cd4_t", 12.0),
        Leaf("em_cd4", "cd4_t", 6.5),
        Leaf("temra_cd4", "cd4_t", 1.0),
        Leaf("naive_treg", "cd4_t", 0.6),
        Leaf("effector_treg", "cd4_t", 1.3),
        Leaf("naive_cd8", "cd8_t", 8.0),
        Leaf("cm_cd8", "cd8_t", 2.5),
        Leaf("em_cd8", "cd8_t", 4.0),
        Leaf("temra_cd8", "cd8_t", 2.5),
        Leaf("cd8_senescent", "cd8_t", 2.2),
        Leaf("ki67_cd8", "cd8_t", 0.4),
        Leaf("gamma_delta_t", "t_other", 2.5),
        Leaf("mait", "t_other", 1.5),
        Leaf("naive_b", "b_cell", 6.0),
        Leaf("memory_b", "b_cell", 2.5),
        Leaf("regulatory_b", "b_cell", 0.3),
        Leaf("plasmablast", "b_cell", 0.2),
        Leaf("nk_cd56_bright", "nk", 0.7),
        Leaf("nk_mature", "nk", 10.3),
        Leaf("classical_monocyte", "monocyte", 14.0),
        Leaf("intermediate_monocyte", "monocyte", 0.8),
        Leaf("non_classical_monocyte", "monocyte", 1.4),
        Leaf("m_mdsc", "monocyte", 1.8),
        Leaf("pmn_mdsc", "other", 0.6),
        Leaf("cdc1", "dendritic_cell", 0.03),
        Leaf("cdc2", "dendritic_cell", 0.4),
        Leaf("pdc", "dendritic_cell", 0.3),
        Leaf("basophils", "other", 0.57),
        Leaf("hspc", "other", 0.1),
    )
})
