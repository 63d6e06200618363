import numpy as np
import polars as pl
import pytest

from macroimmune.formats import read_contigs


@pytest.fixture(scope="module")
def run(make_person, written, tmp_path_factory):
    """Give the contigs and labels of blood and tumour of one person, and the true clones."""
    folder = tmp_path_factory.mktemp("cells")
    clones = written(make_person(single_cells=True), folder)
    parts = {"clones": clones}
    for tissue in ("baseline_PBMC", "baseline-T_Tumour"):
        place = folder / f"repertoires/P1-{tissue}_10x"
        parts[tissue] = (
            read_contigs(place / "filtered_contig_annotations.csv"),
            read_contigs(place / "all_contig_annotations.csv"),
            pl.read_csv(place / "cell_types.csv"),
        )
    return parts


def test_filtered_contigs_are_productive_ones_of_cells(run):
    for tissue in ("baseline_PBMC", "baseline-T_Tumour"):
        filtered, everything, labels = run[tissue]
        assert filtered["productive"].all()
        assert filtered["is_cell"].all()
        assert set(filtered["contig_id"]) < set(everything["contig_id"])
        assert not everything["is_cell"].all()
        assert not everything["productive"].all()
        assert set(filtered["barcode"]) <= set(labels["barcode"])
        assert not everything["contig_id"].is_duplicated().any()
        assert not labels["barcode"].is_duplicated().any()


def test_most_cells_have_one_chain_of_each_kind_and_some_have_two_alphas(run):
    filtered, _, labels = run["baseline_PBMC"]
    chains = filtered.group_by("barcode").agg(
        alpha=(pl.col("chain") == "TRA").sum(), beta=(pl.col("chain") == "TRB").sum()
    )
    paired = ((chains["alpha"] >= 1) & (chains["beta"] >= 1)).mean()
    assert paired == pytest.approx(0.74, abs=0.04)
    assert (chains["alpha"] == 2).mean() == pytest.approx(0.06, abs=0.025)
    assert len(labels) == pytest.approx(3_000, rel=0.1)


def test_cells_of_a_clone_have_the_same_pair_in_blood_and_tumour(run):
    pairs = []
    for tissue in ("baseline_PBMC", "baseline-T_Tumour"):
        filtered, _, _ = run[tissue]
        single = filtered.group_by("barcode").agg(
            pl.col("cdr3_nt").filter(pl.col("chain") == "TRB").unique().alias("beta"),
            pl.col("cdr3_nt").filter(pl.col("chain") == "TRA").unique().alias("alpha"),
        )
        single = single.filter(pl.col("beta").list.len() == 1, pl.col("alpha").list.len() == 1)
        pairs.append(single.select(pl.col("beta").list.first(), pl.col("alpha").list.first()))
    both = pairs[0].join(pairs[1], on="beta", suffix="_tumour")
    assert len(both) > 20
    # Clones with two alpha chains may show one here and the other there; so may doublets.
    assert (both["alpha"] == both["alpha_tumour"]).mean() > 0.8


def test_labels_are_those_of_the_true_clones(run):
    clones = run["clones"]
    for tissue, column in (
        ("baseline_PBMC", "phenotype"),
        ("baseline-T_Tumour", "tumour_phenotype"),
    ):
        filtered, _, labels = run[tissue]
        beta = filtered.filter(pl.col("chain") == "TRB")
        beta = beta.filter(pl.len().over("barcode") == 1)
        joined = beta.join(labels, on="barcode").join(
            clones.unique("junction"), left_on="cdr3_nt", right_on="junction"
        )
        assert len(joined) > 1_000
        assert (joined["cell_type"] == joined[column]).mean() > 0.97


def test_cell_types_have_the_planned_shares(run, make_person):
    person = make_person()
    labels = run["baseline_PBMC"][2]
    naive = labels["cell_type"].str.starts_with("naive").mean()
    planned = person.draws[0].shares[:3].sum()
    assert naive == pytest.approx(planned, abs=4 * np.sqrt(planned / len(labels)))
    tumour = run["baseline-T_Tumour"][2]["cell_type"]
    assert tumour.is_in(["exhausted_cd8", "bystander_cd8"]).mean() > 0.5


def test_clonotypes_are_numbered_by_their_cells(run):
    filtered, _, _ = run["baseline-T_Tumour"]
    sizes = filtered.unique(["barcode", "raw_clonotype_id"])["raw_clonotype_id"].value_counts()
    number = sizes["raw_clonotype_id"].str.strip_prefix("clonotype").cast(pl.Int64)
    ordered = sizes.with_columns(number=number).sort("number")
    assert ordered["number"].to_list() == list(range(1, len(ordered) + 1))
    assert (ordered["count"].diff().drop_nulls() <= 0).all()
    assert ordered["count"][0] > 5
