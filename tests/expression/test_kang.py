"""Published cells with and without interferon-beta: the sets tell them apart, and others do not."""

import numpy as np
import pytest
from scipy import sparse
from scipy.stats import rankdata
from tests.expression.small_matrices import listed_row

from macroimmune.evidence import find_gene_set, gene_sets
from macroimmune.expression import cell_scores, matched_gene_sets
from macroimmune.expression.counted_file import count_file
from macroimmune.formats import read_h5ad

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def cells(public_data):
    pytest.importorskip("h5py")
    return read_h5ad(public_data / "kang_ifnb" / "kang_ifnb_2000.h5ad")


@pytest.fixture(scope="module")
def is_stimulated(cells):
    return (cells.obs["condition"] != "ctrl").to_numpy()


def places_of(cells, gene_set):
    wanted = set(find_gene_set(gene_set).genes)
    return np.array([place for place, gene in enumerate(cells.var_names) if gene in wanted])


def scores_of(cells, sets):
    counts = sparse.csr_array(cells.values).astype(float)
    members = np.zeros((counts.shape[1], len(sets)), dtype=bool)
    for number, places in enumerate(sets):
        members[places, number] = True
    return cell_scores(counts, np.asarray(counts.sum(axis=1)), members)


def aucs(scores, is_second):
    ranks = rankdata(scores, axis=0)
    n = int(is_second.sum())
    return (ranks[is_second].sum(axis=0) - n * (n + 1) / 2) / (n * (len(scores) - n))


@pytest.mark.parametrize(
    ("gene_set", "present", "least"), [("hallmark_ifn_alpha", 91, 0.97), ("isg_rs", 34, 0.98)]
)
def test_the_score_tells_stimulated_cells_and_no_matched_set_does(
    cells, is_stimulated, gene_set, present, least
):
    places = places_of(cells, gene_set)
    assert places.size == present
    scores = scores_of(cells, [places])
    found = aucs(scores, is_stimulated)[0]
    assert found >= least
    has_cd3d = cells.values[:, [cells.var_names.index("CD3D")]].toarray().ravel() > 0
    assert aucs(scores[has_cd3d], is_stimulated[has_cd3d])[0] >= 0.985
    excluded = np.zeros(len(cells.var_names), dtype=bool)
    for one in gene_sets("interferon"):
        excluded[places_of(cells, one.id)] = True
    rng = np.random.default_rng(4)
    level = np.asarray(cells.values.mean(axis=0))
    others = matched_gene_sets(level, places, 1000, excluded=excluded, rng=rng)
    assert found > aucs(scores_of(cells, list(others)), is_stimulated).max()
    shuffled = [aucs(scores, rng.permutation(is_stimulated))[0] for _ in range(500)]
    assert 0.49 <= np.mean(shuffled) <= 0.51


def test_a_file_is_counted_as_its_matrix_in_memory(cells, is_stimulated, public_data):
    row = listed_row(raw_file="kang_ifnb_2000.h5ad", stimulus_column="condition")
    found = count_file(public_data / "kang_ifnb", [row])
    assert [(one.stimulus, one.n_cells) for one in found.wells] == [("ctrl", 1000), ("ifnb", 1000)]
    assert found.present[:2] == (91, 34)
    scores = scores_of(cells, [places_of(cells, "isg_rs")])[:, 0].astype(float)
    for well, cells_of_it in zip(found.wells, (~is_stimulated, is_stimulated), strict=True):
        levels = well.populations[""].levels("isg_rs")
        assert levels.mean == pytest.approx(scores[cells_of_it].mean(), rel=1e-6)
