"""How the populations of blood stand in single-cell data: class of calibration, names of labs."""

from types import MappingProxyType

from macroimmune.simulator.leaves import LEAVES

__all__ = ["CLASS_OF_LEAF", "GROUP_OF_LEAF", "LABEL_OF_LEAF", "MYELOID_CLASSES"]

MYELOID_CLASSES = ("cd14_monocyte", "fcgr3a_monocyte", "dendritic_cell")
_CLASS_OF_LINEAGE = MappingProxyType({
    "cd4_t": "cd4_t",
    "cd8_t": "cd8_t",
    "t_other": "cd8_t",
    "b_cell": "b_cell",
    "nk": "nk",
    "monocyte": "cd14_monocyte",
    "dendritic_cell": "dendritic_cell",
})
# The rest have no class of their own in the cells of the calibration: the nearest is assumed.
_CLASS_OF_OTHERS = MappingProxyType({
    "non_classical_monocyte": "fcgr3a_monocyte",
    "pmn_mdsc": "cd14_monocyte",
    "basophils": "dendritic_cell",
    "hspc": "dendritic_cell",
})
CLASS_OF_LEAF = MappingProxyType({
    leaf.id: _CLASS_OF_OTHERS.get(leaf.id, _CLASS_OF_LINEAGE.get(leaf.lineage, ""))
    for leaf in LEAVES.values()
})
# What laboratories tell apart in RNA: suppressive monocytes, for one, are not.
LABEL_OF_LEAF = MappingProxyType({
    "naive_cd4": "CD4 Naive",
    "cm_cd4": "CD4 TCM",
    "em_cd4": "CD4 TEM",
    "temra_cd4": "CD4 TEMRA",
    "naive_treg": "Treg",
    "effector_treg": "Treg",
    "naive_cd8": "CD8 Naive",
    "cm_cd8": "CD8 TCM",
    "em_cd8": "CD8 TEM",
    "temra_cd8": "CD8 TEMRA",
    "cd8_senescent": "CD8 TEMRA",
    "ki67_cd8": "CD8 Proliferating",
    "gamma_delta_t": "gdT",
    "mait": "MAIT",
    "naive_b": "B naive",
    "memory_b": "B memory",
    "regulatory_b": "B naive",
    "plasmablast": "Plasmablast",
    "nk_cd56_bright": "NK CD56bright",
    "nk_mature": "NK",
    "classical_monocyte": "CD14 Mono",
    "intermediate_monocyte": "CD14 Mono",
    "non_classical_monocyte": "CD16 Mono",
    "m_mdsc": "CD14 Mono",
    "pmn_mdsc": "Granulocyte",
    "cdc1": "cDC1",
    "cdc2": "cDC2",
    "pdc": "pDC",
    "basophils": "Granulocyte",
    "hspc": "HSPC",
})
_GROUP_OF_LINEAGE = MappingProxyType({
    "cd4_t": "CD4 T",
    "cd8_t": "CD8 T",
    "t_other": "other T",
    "b_cell": "B",
    "nk": "NK",
    "monocyte": "Mono",
    "dendritic_cell": "DC",
    "other": "other",
})
GROUP_OF_LEAF = MappingProxyType({
    leaf.id: _GROUP_OF_LINEAGE[leaf.lineage] for leaf in LEAVES.values()
})
