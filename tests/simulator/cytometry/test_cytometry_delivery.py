"""What the core facility hands over: which files, their list, their controls, their truth."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from macroimmune.errors import InputError
from macroimmune.formats import read_fcs
from macroimmune.simulator.cytometry import cytometry_delivery, panel_of
from macroimmune.simulator.file_tasks import write_files
from macroimmune.simulator.plan import CytometryPlan, StudyPlan

PANELS = ("mass_t_cell", "fluorescence_t_cell")
SMALL = CytometryPlan(
    is_written=True, panels=PANELS, events_per_file=300, single_stains=True, failed_batches=(1,)
)


def delivered(drawn_people, **changes):
    settings = dataclasses.replace(SMALL, **changes)
    return cytometry_delivery(StudyPlan(seed=3, cytometry=settings), *drawn_people())


def test_nothing_is_delivered_unless_it_is_asked_for(drawn_people):
    delivery = delivered(drawn_people, is_written=False)
    assert (delivery.tables, delivery.tasks, delivery.truth) == ({}, (), {})


def test_every_listed_file_is_written_by_one_task_with_its_truth(drawn_people):
    delivery = delivered(drawn_people)
    listed = {
        *delivery.tables["cytometry/files.csv"]["File"],
        *delivery.tables["cytometry/controls.csv"]["File"],
    }
    paths = [path for task in delivery.tasks for path in task.paths]
    assert sorted(f"cytometry/fcs/{name}" for name in listed) == sorted(
        path for path in paths if path.endswith(".fcs")
    )
    cells = [path for path in paths if path.startswith("truth/cells/")]
    assert len(cells) == sum("Compensation" not in name for name in listed)


def test_the_list_has_a_row_per_tube_of_a_participant(drawn_people):
    files = delivered(drawn_people).tables["cytometry/files.csv"]
    # Four people x two visits x two panels x (unstimulated, early and late IFN-I).
    assert files.height == 4 * 2 * 2 * 3
    assert files.filter(Stimulus="IFN-I")["Minutes"].unique().sort().to_list() == [15, 1440]
    assert files.filter(Stimulus="none")["Minutes"].unique().to_list() == [0]
    assert files["Batch"].unique().sort().to_list() == ["B01", "B02"]
    assert files.columns == [
        "File", "Patient", "Sample", "Visit", "Day", "Panel", "Stimulus", "Minutes", "Batch",
    ]  # fmt: skip


def test_the_first_participants_and_the_named_visits_have_files(drawn_people):
    files = delivered(drawn_people, participants=2, visits=("week 3",)).tables[
        "cytometry/files.csv"
    ]
    assert set(files["Patient"]) == {"V001", "V002"}
    assert set(files["Visit"]) == {"week 3"}


def test_healthy_people_are_counted_by_themselves(drawn_people):
    people, samples, outcomes = drawn_people()
    people = dataclasses.replace(people, is_patient=np.array([True, True, False, False]))
    settings = dataclasses.replace(SMALL, participants=1)
    plan = StudyPlan(cytometry=settings)
    files = cytometry_delivery(plan, people, samples, outcomes).tables["cytometry/files.csv"]
    assert set(files["Patient"]) == {"V001", "V003"}


def test_one_healthy_donor_is_measured_in_every_batch_and_every_way(drawn_people):
    controls = delivered(drawn_people).tables["cytometry/controls.csv"]
    bridging = controls.filter(Control="Control A")
    assert bridging.height == 2 * 2 * 3
    stains = controls.filter(Control="Compensation beads")
    assert stains.height == 2 * len(panel_of("fluorescence_t_cell").dyes)
    none = delivered(drawn_people, bridging_control=False, single_stains=False)
    assert none.tables["cytometry/controls.csv"].is_empty()


def test_files_are_the_same_bytes_with_one_and_two_workers_and_are_not_written_twice(
    drawn_people, tmp_path
):
    tasks = delivered(drawn_people, participants=1, single_stains=False).tasks[:8]
    for workers in (1, 2):
        assert write_files(tmp_path / str(workers), tasks, workers=workers) == len(tasks)
    paths = [path for task in tasks for path in task.paths]
    for path in paths:
        one, two = ((tmp_path / number / path).read_bytes() for number in "12")
        assert one == two
    assert write_files(tmp_path / "1", tasks) == 0
    (tmp_path / "1" / paths[0]).unlink()
    assert write_files(tmp_path / "1", tasks) == 1
    assert (tmp_path / "1" / paths[0]).read_bytes() == (tmp_path / "2" / paths[0]).read_bytes()


def test_a_file_depends_on_the_seed_and_on_nothing_else_that_is_written(drawn_people, tmp_path):
    alone = delivered(drawn_people, participants=1, visits=("baseline",)).tasks[0]
    among = delivered(drawn_people).tasks[0]
    other = dataclasses.replace(alone.arguments, seed=4)
    assert alone.paths == among.paths
    bytes_of = []
    for number, arguments in enumerate((alone.arguments, among.arguments, other)):
        task = dataclasses.replace(alone, arguments=arguments)
        task.run(tmp_path / str(number))
        bytes_of.append((tmp_path / str(number) / task.paths[0]).read_bytes())
    assert bytes_of[0] == bytes_of[1] != bytes_of[2]


def test_single_stains_give_the_spillover_matrix_back(drawn_people, tmp_path):
    delivery = delivered(drawn_people)
    tasks = [task for task in delivery.tasks if "B01" in task.paths[0] and len(task.paths) == 1]
    write_files(tmp_path, tasks)
    panel, rows = panel_of("fluorescence_t_cell"), []
    for dye, task in enumerate(tasks):
        seen = read_fcs(tmp_path / task.paths[0]).events[:, panel.dyes].astype(float)
        stained = seen[:, dye] > 10_000
        difference = np.median(seen[stained], axis=0) - np.median(seen[~stained], axis=0)
        rows.append(difference / difference[dye])
    truth = delivery.truth["cytometry_spillover.csv"]
    expected = truth["share"].to_numpy().reshape(len(panel.dyes), -1)
    assert np.array(rows) == pytest.approx(expected, abs=0.002)


def test_truth_names_the_files_in_which_stimulation_failed(drawn_people):
    delivery = delivered(drawn_people)
    events = delivery.truth["cytometry_events.csv"]
    files = delivery.tables["cytometry/files.csv"].with_columns(
        file=pl.col("File").str.strip_suffix(".fcs")
    )
    both = files.join(events, on="file")
    stimulated = (pl.col("Stimulus") != "none") & (pl.col("Batch") == "B01")
    assert both.select((pl.col("is_stimulated") == stimulated).all()).item()
    kinds = events.select(pl.sum_horizontal("live", "dead", "doublet", "debris", "bead"))
    assert kinds.to_series().to_numpy() == pytest.approx(1)


def test_truth_holds_no_response_of_early_markers_to_late_wells(drawn_people):
    truth = delivered(drawn_people).truth["cytometry_responses.csv"]
    meant = truth.filter("is_meant").group_by("stimulus").agg(pl.col("antigen").unique().sort())
    assert dict(meant.iter_rows()) == {
        "ifn_early": ["pSTAT1", "pSTAT3", "pSTAT5"],
        "ifn_late": ["BST2", "IFIT1", "ISG15", "MX1", "PDL1"],
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"visits": ("week3",)}, "no sample at 'week3'. Did you mean 'week 3'?"),
        ({"failed_batches": (7,)}, "failed_batches holds 7; the samples are in batches 0 to 1"),
    ],
)
def test_a_visit_or_batch_that_is_not_there_is_refused_in_one_line(drawn_people, changes, message):
    with pytest.raises(InputError, match=message.replace("?", r"\?")):
        delivered(drawn_people, **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dead": 0.4, "doublets": 0.4, "debris": 0.2}, "102% of events; expected 90 %"),
        ({"panels": ()}, "expected at least one, each once"),
        ({"panels": ("mass_t_cell", "mass_t_cell")}, "expected at least one, each once"),
        ({"stimuli": ("ifn_early",)}, "stimuli without 'unstimulated'"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused_in_one_line(changes, message):
    with pytest.raises(ValueError, match=message):
        CytometryPlan(**changes)
