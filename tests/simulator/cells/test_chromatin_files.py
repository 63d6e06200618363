import hashlib

import numpy as np
import polars as pl
import pytest

from macroimmune.formats import read_h5ad
from macroimmune.simulator.cells import chromatin_delivery
from macroimmune.simulator.file_tasks import write_files
from macroimmune.simulator.plan import ChromatinPlan, StudyPlan


def plan_of(**settings):
    return StudyPlan(chromatin=ChromatinPlan(is_written=True, **settings))


def read_tables(folder, delivery):
    """Return counts (libraries by genes), names of genes, and the table of libraries."""
    write_files(folder, delivery.tasks)
    matrices, libraries = [], []
    for task in delivery.tasks:
        table = pl.read_csv(folder / task.paths[0])
        listed = pl.read_csv(folder / task.paths[1])
        assert table.columns[1:] == listed["Library"].to_list()
        matrices.append(table.drop("Gene").to_numpy().T)
        libraries.append(listed)
    return np.vstack(matrices), table["Gene"].to_list(), pl.concat(libraries)


def test_nothing_is_delivered_where_nothing_is_asked_for(donors):
    assert chromatin_delivery(StudyPlan(), *donors(2)).tasks == ()
    assert chromatin_delivery(plan_of(participants=0), *donors(2)).tables == {}


def test_a_plan_without_populations_says_so():
    with pytest.raises(ValueError, match="populations names none; expected at least one of CD4"):
        ChromatinPlan(is_written=True, populations=())


def test_every_listed_file_is_written_and_holds_its_samples(tmp_path, donors):
    delivery = chromatin_delivery(plan_of(participants=5, samples_per_batch=2), *donors(5))
    counts, genes, libraries = read_tables(tmp_path, delivery)
    assert counts.shape == (30, 1000) == (libraries.height, len(genes))
    assert (counts.sum(axis=1) == libraries["Fragments in genes"].to_numpy()).all()
    listed = delivery.tables["chromatin_samples.csv"]
    assert listed["Sample"].to_list() == libraries["Sample"].unique(maintain_order=True).to_list()
    assert all((tmp_path / name).is_file() for name in listed["File"])


def test_h5ad_and_table_hold_the_same_counts(tmp_path, donors):
    pytest.importorskip("h5py")
    people = donors(3)
    counts, genes, libraries = read_tables(
        tmp_path / "table", chromatin_delivery(plan_of(), *people)
    )
    delivery = chromatin_delivery(plan_of(file_format="h5ad"), *people)
    write_files(tmp_path, delivery.tasks)
    read = read_h5ad(tmp_path / delivery.tasks[0].paths[0])
    assert (read.values == counts).all()
    assert list(read.var_names) == genes
    assert read.obs["sample"].to_list() == libraries["Sample"].to_list()
    listed = delivery.tables["chromatin_samples.csv"]
    assert set(listed["Column of samples"]) == {"sample"}


def test_the_same_seed_gives_the_same_bytes_in_whichever_format(tmp_path, donors):
    pytest.importorskip("h5py")
    for file_format in ("table", "h5ad"):
        delivery = chromatin_delivery(plan_of(file_format=file_format), *donors(2))
        found = []
        for again in ("one", "two"):
            write_files(tmp_path / file_format / again, delivery.tasks)
            found.append([
                hashlib.sha256((tmp_path / file_format / again / path).read_bytes()).hexdigest()
                for task in delivery.tasks
                for path in task.paths
            ])
        assert found[0] == found[1]


def log_activity(counts):
    return np.log((counts + 0.5) / (counts.sum(axis=1, keepdims=True) + 0.5))


@pytest.mark.parametrize("r2", [0.0, 0.4, 0.8])
def test_the_squared_correlation_with_responsiveness_is_measured_again(tmp_path, donors, r2):
    people = donors(500, seed=2)
    settings = {"participants": 500, "populations": ("CD4 effector",), "samples_per_batch": 100}
    delivery = chromatin_delivery(plan_of(responsiveness_r2=r2, **settings), *people)
    counts, genes, _ = read_tables(tmp_path, delivery)
    truth = delivery.truth["chromatin_genes.csv"]
    listed = truth["is_interferon_alpha_hallmark"].to_numpy()
    assert truth["gene"].to_list() == genes
    logs = log_activity(counts)
    score = logs[:, listed].mean(axis=1) - logs[:, ~listed].mean(axis=1)
    found = np.corrcoef(score, people[0].ifn_responsiveness)[0, 1] ** 2
    # Three standard errors of a squared correlation, and what counting takes away.
    assert found == pytest.approx(r2, abs=0.10 if r2 else 0.018)
    other = logs[:, truth["is_null"].to_numpy() & ~listed].mean(axis=1) - logs.mean(axis=1)
    assert r2 or np.corrcoef(other, people[0].ifn_responsiveness)[0, 1] ** 2 < 0.018


def test_loci_that_carry_the_signal_are_told_from_those_that_do_not(tmp_path, donors):
    people = donors(400, seed=4)
    settings = {"participants": 400, "populations": ("Monocyte",), "carrying": 0.5}
    delivery = chromatin_delivery(
        plan_of(responsiveness_r2=1.0, samples_per_batch=100, **settings), *people
    )
    counts, _, _ = read_tables(tmp_path, delivery)
    truth = delivery.truth["chromatin_genes.csv"]
    signal = truth["log_activity_per_encoded_sd"].to_numpy()
    logs = log_activity(counts)
    responsiveness = people[0].ifn_responsiveness
    slope = (responsiveness - responsiveness.mean()) @ logs / (400 * responsiveness.var())
    listed = truth["is_interferon_alpha_hallmark"].to_numpy()
    assert np.corrcoef(slope[listed], signal[listed])[0, 1] > 0.9
    assert slope[listed & (signal > 0)].min() > slope[listed & (signal == 0)].max()
