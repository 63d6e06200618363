import dataclasses

import numpy as np
import polars as pl
import pytest

from macroimmune.simulator.cells.expression_cells import draw_well_cells, gene_dispersion
from macroimmune.simulator.cells.expression_profiles import expression_profiles
from macroimmune.simulator.cells.wells import draw_wells
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import ExpressionPlan, StudyPlan

PLAN = ExpressionPlan(is_written=True, participants=1, cells_per_well=3000, genes=1000)


@pytest.fixture(scope="module")
def well(donors):
    return draw_wells(StudyPlan(expression=PLAN), *donors(1))[0]


@pytest.fixture(scope="module")
def cells(well):
    return draw_well_cells(5, PLAN, well)


def test_populations_doublets_and_free_rna_have_the_stated_shares(well, cells):
    n = len(cells.barcodes)
    assert n == pytest.approx(3000, abs=4 * np.sqrt(3000))
    truth = cells.truth
    for place, leaf in enumerate(LEAVES):
        share = well.fractions[place]
        error = np.sqrt(share * (1 - share) / n)
        assert abs((truth["leaf"] == leaf).mean() - share) <= 4.5 * error + 1 / n, leaf
    assert truth["is_doublet"].mean() == pytest.approx(PLAN.doublets, abs=0.015)
    assert (truth["is_doublet"] == (truth["second_leaf"] != "")).all()
    assert truth["ambient_share"].mean() == pytest.approx(0.04, abs=0.015)


def test_barcodes_are_unique_and_look_like_barcodes(well, cells):
    assert len(set(cells.barcodes)) == len(cells.barcodes)
    assert pl.Series(cells.barcodes).str.contains(r"^[ACGT]{16}-1$").all()


def test_no_called_cell_is_expected_below_the_least_depth(cells):
    assert cells.truth["expected_umis"].min() >= PLAN.umis_least


def test_counts_are_as_many_as_expected(cells):
    total = np.asarray(cells.counts.sum(axis=1)).ravel()
    assert total.mean() == pytest.approx(cells.truth["expected_umis"].mean(), rel=0.02)
    assert cells.counts.dtype == np.int32


def test_deeper_cells_miss_fewer_genes(cells):
    depth = cells.truth["expected_umis"].to_numpy()
    found = np.diff(cells.counts.indptr)
    assert np.corrcoef(np.log(depth), found)[0, 1] > 0.9


def test_the_cells_of_women_have_xist_and_those_of_men_have_genes_of_the_y_chromosome(well):
    genes = expression_profiles(PLAN.genes).genes
    for is_female, absent in ((True, "RPS4Y1"), (False, "XIST")):
        counts = draw_well_cells(5, PLAN, dataclasses.replace(well, is_female=is_female)).counts
        total = dict(zip(genes, np.asarray(counts.sum(axis=0)).ravel(), strict=True))
        assert total[absent] == 0
        # At a few counts per 10,000, of thousands of cells with about 1,300 each.
        assert min(total["XIST"] + total["RPS4Y1"], total["XIST"] + total["DDX3Y"]) > 50


def test_labels_are_those_of_the_population_or_of_a_neighbour(cells):
    of_t = cells.truth["leaf"] == "naive_cd4"
    labels = cells.labels.filter(of_t)["cell_type"]
    assert (labels == "CD4 Naive").mean() > 0.95
    assert set(cells.labels.filter(of_t)["cell_group"]) == {"CD4 T"}


def test_free_rna_carries_monocyte_genes_into_t_cells(donors):
    """In singlets: doublets would bring them too."""
    means = []
    for ambient in (0.0, 0.2):
        plan = dataclasses.replace(PLAN, ambient=ambient, doublets=0.0, cells_per_well=1500)
        well = draw_wells(StudyPlan(expression=plan), *donors(1))[0]
        drawn = draw_well_cells(5, plan, well)
        rows = (drawn.truth["leaf"] == "naive_cd4").to_numpy()
        genes = expression_profiles(plan.genes).genes
        means.append(drawn.counts[rows][:, [genes.index("S100A8")]].mean())
    assert means[1] > 2 * means[0]


def test_rare_genes_are_more_dispersed_and_zero_is_poisson():
    shares = np.array([1e-5, 1e-4, 1e-1])
    found = gene_dispersion(PLAN, shares)
    assert found[0] > found[1] > PLAN.dispersion > found[2] > 0
    assert gene_dispersion(dataclasses.replace(PLAN, dispersion=0.0), shares).tolist() == [0, 0, 0]
