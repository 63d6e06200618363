"""Labels of laboratories reach the vocabulary, and with it the wider populations."""

import pytest

from macroimmune.evidence import populations_of_label, populations_of_labels
from macroimmune.simulator.cells.cell_classes import LABEL_OF_LEAF
from macroimmune.simulator.leaves import LEAVES

LINEAGES = {"cd4_t", "cd8_t", "b_cell", "nk", "monocyte"}


@pytest.mark.parametrize("leaf", [leaf for leaf in LEAVES.values() if leaf.lineage in LINEAGES])
def test_the_labels_of_virtual_studies_reach_their_lineage(leaf):
    if leaf.id != "m_mdsc":
        assert leaf.lineage in populations_of_label(LABEL_OF_LEAF[leaf.id])


def test_effector_cd4_cells_are_those_with_and_without_cd45ra():
    found = populations_of_labels(["CD4 TEM", "CD4 TEMRA", "CD4 TCM"])
    assert found["effector_cd4"] == ("CD4 TEM", "CD4 TEMRA")
    assert found["cd4_t"] == ("CD4 TEM", "CD4 TEMRA", "CD4 TCM")


def test_a_label_that_nobody_knows_is_kept_and_no_label_is_none():
    assert populations_of_label("weird cells 3") == ("weird cells 3",)
    assert populations_of_label("") == ()
