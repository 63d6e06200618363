"""Virtual single-cell files and small estimates that are not our own kernels."""

import importlib.util
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import rankdata

from macroimmune.formats import read_h5ad
from macroimmune.simulator.cells import expression_delivery
from macroimmune.simulator.cells.gene_activity import ChromatinSample
from macroimmune.simulator.plan import ExpressionPlan, StudyPlan
from macroimmune.simulator.realism.single_cell_rna import interferon_scores


def donors_module():
    path = Path(__file__).with_name("virtual_donors.py")
    spec = importlib.util.spec_from_file_location("virtual_donors", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def donors():
    """Give the function that makes people, samples and outcomes."""
    return donors_module().donors


def written(folder, people, **settings):
    """Write one file of single-cell RNA; return the delivery, the matrix and the true cells."""
    pytest.importorskip("h5py")
    plan = StudyPlan(expression=ExpressionPlan(is_written=True, files="study", **settings))
    delivery = expression_delivery(plan, *people)
    (task,) = delivery.tasks
    task.run(folder)
    paths = [folder / path for path in task.paths]
    return delivery, read_h5ad(paths[0]), pl.read_parquet(paths[1])


@pytest.fixture(scope="session")
def write_expression():
    """Give the function that writes and reads one file."""
    return written


@pytest.fixture(scope="session")
def ten_donors(tmp_path_factory, donors):
    """Give ten donors whose responsiveness goes from -2 to 2, as a laboratory sees them."""
    responsiveness = np.linspace(-2.0, 2.0, 10)[np.random.default_rng(3).permutation(10)]
    people = donors(10, responsiveness=responsiveness)
    folder = tmp_path_factory.mktemp("ten_donors")
    return people[0], *written(folder, people, participants=10, cells_per_well=200, genes=1500)


@pytest.fixture(scope="session")
def interferon_score():
    """Give the mean log1p of counts per 10,000 over the genes of the Hallmark set."""
    return interferon_scores


@pytest.fixture(scope="session")
def area_under_the_curve():
    """Give the chance that a positive value is above a negative one."""

    def auc(values, positive):
        n = positive.sum()
        return (rankdata(values)[positive].sum() - n * (n + 1) / 2) / (n * (~positive).sum())

    return auc


@pytest.fixture(scope="session")
def chromatin_sample():
    """Give one unstimulated sample of average blood."""
    fractions = donors_module().AVERAGE
    return ChromatinSample("V1", "S1", day=0, batch=1, fractions=fractions, encoded=1.0)
