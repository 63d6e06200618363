import builtins
import hashlib
import time

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.formats import read_h5ad, read_tenx_matrix
from macroimmune.simulator.cells import expression_delivery
from macroimmune.simulator.cells.expression_cells import draw_well_cells
from macroimmune.simulator.file_tasks import write_files
from macroimmune.simulator.plan import ExpressionPlan, StudyPlan


def plan_of(**settings):
    return StudyPlan(expression=ExpressionPlan(is_written=True, **settings))


def hashes(folder):
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.*"))
    }


def test_nothing_is_delivered_where_nothing_is_asked_for(donors):
    assert expression_delivery(StudyPlan(), *donors(2)).tasks == ()
    assert expression_delivery(plan_of(participants=0), *donors(2)).tables == {}


def test_the_list_of_libraries_names_files_that_are_written(donors):
    delivery = expression_delivery(plan_of(participants=5), *donors(5))
    listed = delivery.tables["single_cell_libraries.csv"]
    assert listed.height == 10
    assert set(listed["File"]) == {task.paths[0] for task in delivery.tasks}
    assert len(delivery.tasks) == 2
    samples = delivery.tables["single_cell_samples.csv"]
    assert samples["Sample"].to_list() == [f"S00000{number}" for number in range(1, 6)]
    assert set(samples["File"]) == set(listed["File"])


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32), cells=st.integers(10, 60), donor=st.integers(1, 3))
def test_what_is_written_is_read(tmp_path, donors, seed, cells, donor):
    pytest.importorskip("h5py")
    plan = StudyPlan(
        seed=seed,
        expression=ExpressionPlan(
            is_written=True, participants=donor, cells_per_well=cells, genes=1000
        ),
    )
    (task,) = expression_delivery(plan, *donors(donor)).tasks
    targets = tmp_path / "a.h5ad", tmp_path / "a.parquet"
    task.write(task.arguments, targets)
    read, truth = read_h5ad(targets[0]), pl.read_parquet(targets[1])
    drawn = [draw_well_cells(seed, plan.expression, well) for well in task.arguments.wells]
    expected = np.vstack([one.counts.toarray() for one in drawn])
    assert (read.values.toarray() == expected).all()
    assert read.values.dtype == np.int32
    barcodes = tuple(barcode for one in drawn for barcode in one.barcodes)
    assert read.obs_names == barcodes == tuple(truth["barcode"])
    assert len(set(barcodes)) == len(barcodes)
    labels = pl.concat(one.labels for one in drawn)
    assert read.obs.select(labels.columns).cast(pl.String).equals(labels)
    assert list(read.obs.columns) == [
        "sample", "donor", "condition", "visit", "batch", "library", "cell_type", "cell_group",
    ]  # fmt: skip


def test_the_same_seed_gives_the_same_bytes_on_one_and_two_workers(tmp_path, donors):
    pytest.importorskip("h5py")
    people = donors(2)
    settings = {"participants": 2, "samples_per_batch": 1, "cells_per_well": 20, "genes": 1000}
    tasks = expression_delivery(plan_of(**settings), *people).tasks
    write_files(tmp_path / "one", tasks)
    # A time stamp in a file would have moved on.
    time.sleep(1.1)
    write_files(tmp_path / "two", tasks, workers=2)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    assert len(hashes(tmp_path / "one")) == 4
    other = StudyPlan(seed=1, expression=ExpressionPlan(is_written=True, **settings))
    write_files(tmp_path / "three", expression_delivery(other, *people).tasks)
    assert not set(hashes(tmp_path / "three").values()) & set(hashes(tmp_path / "one").values())


def test_cells_of_a_well_do_not_depend_on_how_files_are_cut(donors):
    people = donors(2)
    settings = {"participants": 2, "cells_per_well": 20, "genes": 1000}
    (whole,) = expression_delivery(plan_of(**settings, files="study"), *people).tasks
    (batch,) = expression_delivery(plan_of(**settings), *people).tasks
    first, second = (
        draw_well_cells(1, task.arguments.plan, task.arguments.wells[3]) for task in (whole, batch)
    )
    assert (first.counts != second.counts).nnz == 0


def test_the_truth_lists_responses_and_silent_genes(donors):
    people = donors(2, responsiveness=np.array([-1.0, 1.0]))
    truth = expression_delivery(plan_of(participants=2), *people).truth
    response = truth["single_cell_response.csv"]
    weak, strong = (
        response.filter(participant_id=name)["response"].mean() for name in ("V00001", "V00002")
    )
    assert strong > weak + 0.2
    genes = truth["single_cell_genes.csv"]
    assert not genes.filter(gene="ISG15")["is_null"].item()
    assert genes.filter(gene="CD3D")["is_null"].item()
    silent = expression_delivery(plan_of(participants=2, response=0.0), *people).truth
    assert silent["single_cell_genes.csv"]["is_null"].all()


def test_without_h5py_one_line_says_what_to_install_before_anything_is_written(
    tmp_path, donors, monkeypatch
):
    pytest.importorskip("h5py")
    (task,) = expression_delivery(
        plan_of(participants=1, cells_per_well=10, genes=1000), *donors(1)
    ).tasks
    found = builtins.__import__

    def without(name, *rest, **more):
        if name == "h5py":
            raise ImportError(name)
        return found(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    for attempt in (
        lambda: task.run(tmp_path),
        lambda: expression_delivery(plan_of(participants=1), *donors(1)),
    ):
        with pytest.raises(InputError, match=r"pip install 'macroimmune\[h5ad\]'"):
            attempt()
    assert not list(tmp_path.rglob("*.h5ad"))
    assert expression_delivery(plan_of(participants=1, file_format="10x"), *donors(1)).tasks


def test_10x_folders_hold_the_same_cells_with_their_labels_beside_them(tmp_path, donors):
    people, settings = donors(2), {"participants": 2, "cells_per_well": 30, "genes": 1000}
    delivery = expression_delivery(plan_of(file_format="10x", **settings), *people)
    assert len(delivery.tasks) == 4
    write_files(tmp_path, delivery.tasks)
    samples = delivery.tables["single_cell_samples.csv"]
    assert samples["File"].to_list() == [f"single_cell/L00{number}" for number in range(1, 5)]
    assert set(samples["Format"]) == {"10x"}
    for task, name in zip(delivery.tasks, samples["File"], strict=True):
        read = read_tenx_matrix(tmp_path / name)
        (well,) = task.arguments.wells
        drawn = draw_well_cells(2021, task.arguments.plan, well)
        assert (read.values.toarray() == drawn.counts.toarray()).all()
        labels = pl.read_csv(tmp_path / name / "cell_labels.csv")
        assert tuple(labels["barcode"]) == read.obs_names == drawn.barcodes
        assert labels["cell_type"].to_list() == drawn.labels["cell_type"].to_list()
        assert set(labels["condition"]) == {well.condition}
    truth = pl.read_parquet(tmp_path / "truth" / "single_cell" / "L004.parquet")
    assert tuple(truth["barcode"]) == drawn.barcodes
