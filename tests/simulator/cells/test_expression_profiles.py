import numpy as np
import pytest

from macroimmune.simulator.cells.cell_classes import CLASS_OF_LEAF, GROUP_OF_LEAF, LABEL_OF_LEAF
from macroimmune.simulator.cells.expression_profiles import (
    STATES,
    cell_table,
    expression_profiles,
    interferon_alpha_genes,
)
from macroimmune.simulator.leaves import LEAVES


def level(leaf, gene, profiles):
    return 1e4 * profiles.levels[STATES.index(leaf), profiles.genes.index(gene)]


@pytest.mark.parametrize("count", [1000, 3000, 5000])
def test_as_many_genes_as_asked_for_with_all_markers_among_them(count):
    profiles = expression_profiles(count)
    assert len(profiles.genes) == count == len(set(profiles.genes))
    assert {*cell_table("leaf_markers.csv")["gene"], *interferon_alpha_genes()} <= {*profiles.genes}
    assert profiles.levels.sum(axis=1) == pytest.approx(np.ones(len(STATES)))
    assert (profiles.levels > 0).all()


def test_every_population_has_a_class_a_label_and_a_group():
    for table in (CLASS_OF_LEAF, LABEL_OF_LEAF, GROUP_OF_LEAF):
        assert list(table) == list(LEAVES)
        assert all(table.values())
    assert set(CLASS_OF_LEAF.values()) <= set(cell_table("genes.csv").columns)


def test_every_marker_is_of_a_known_population_and_stands_once():
    markers = cell_table("leaf_markers.csv")
    assert set(markers["leaf"]) <= set(LEAVES)
    assert not markers.select("leaf", "gene").is_duplicated().any()


def test_markers_tell_populations_apart():
    profiles = expression_profiles(3000)
    for gene, high, low in (
        ("CCR7", "naive_cd4", "em_cd4"),
        ("FOXP3", "effector_treg", "naive_cd4"),
        ("NCR3", "nk_mature", "classical_monocyte"),
        ("HLA-DRA", "classical_monocyte", "m_mdsc"),
        ("PDCD1", "em_cd8, cytolytic and exhausted", "em_cd8"),
    ):
        assert level(high, gene, profiles) > 3 * level(low, gene, profiles), gene


def test_monocytes_respond_with_more_genes_and_the_hallmark_genes_rise():
    profiles = expression_profiles(3000)
    monocyte, t_cell = (
        profiles.responses[STATES.index(leaf)] for leaf in ("classical_monocyte", "naive_cd4")
    )
    assert (monocyte != 0).sum() > 2 * (t_cell != 0).sum() > 200
    isg15 = profiles.genes.index("ISG15")
    assert min(monocyte[isg15], t_cell[isg15]) > 3


def test_cells_do_not_have_what_their_kind_lacks():
    profiles = expression_profiles(3000)
    for gene, low, high in (
        ("GZMB", "naive_cd8", "temra_cd8"),
        ("NKG7", "naive_cd8", "em_cd8"),
        ("GNLY", "mait", "temra_cd8"),
        ("CD3D", "nk_mature", "em_cd8"),
        ("HLA-DRA", "basophils", "cdc2"),
        ("HLA-DRA", "pmn_mdsc", "classical_monocyte"),
        ("LYZ", "pdc", "cdc2"),
        ("CCR7", "basophils", "naive_cd4"),
    ):
        assert level(low, gene, profiles) < 0.4 * level(high, gene, profiles), gene
