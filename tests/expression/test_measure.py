"""From a study's files of counts to its tables; what cannot be used is told."""

import shutil

import numpy as np
import polars as pl
import pytest
from tests.expression.small_matrices import INTERFERON, listed_row

from macroimmune.expression import counting_task, has_expression, measure_expression
from macroimmune.expression.counting_task import CountingTask
from macroimmune.formats import AnnotatedMatrix
from macroimmune.results import RESULT_TABLES
from macroimmune.study import load_study
from macroimmune.work import run_guarded

SET = "hallmark_ifn_alpha"


pytestmark = pytest.mark.usefixtures("in_this_process")


@pytest.fixture
def measured(donors_study, tmp_path):
    return measure_expression(donors_study(), tmp_path / "work")


def test_tables_have_the_declared_columns(measured):
    for name, table in measured.tables.items():
        assert table.schema == pl.Schema(RESULT_TABLES[name].schema), name
    assert measured.tables["expression_quality"].height == 6
    assert set(measured.tables["expression_quality"]["status"]) == {"used"}


def test_the_answer_of_each_donor_is_the_change_that_was_put_in(measured):
    responses = measured.tables["stimulation_responses"].filter(
        (pl.col("marker") == SET) & (pl.col("population") == "")
    )
    assert responses["participant_id"].to_list() == ["P0", "P1", "P2"]
    assert set(responses["stimulus_id"]) == {"ifn_beta"}
    assert set(responses["unit"]) == {"log1p CP10k"}
    assert (responses["difference"].diff().drop_nulls() > 0).all()
    assert (responses["difference_ci_low"] > 0).all()
    said = responses["status"].to_list()
    assert all("0 of 1,000 sets of other genes that are expressed alike" in one for one in said)


def test_populations_with_few_cells_have_an_effect_size_or_none(donors_study, tmp_path):
    found = measure_expression(donors_study(cells=60), tmp_path / "work").tables
    nk = found["expression_scores"].filter(
        (pl.col("population") == "nk") & (pl.col("gene_set") == SET)
    )
    assert nk["pseudobulk"].null_count() == nk.height
    assert set(nk["status"]) == {"15 cells: fewer than 20"}
    few = found["expression_scores"].filter(
        (pl.col("population") == "em_cd4") & (pl.col("gene_set") == SET)
    )
    assert few["pseudobulk"].null_count() == 0
    assert set(few["status"]) == {"45 cells: fewer than 50"}
    uses = found["stimulation_responses"].filter(pl.col("marker") == SET)
    assert set(uses.filter(population="em_cd4")["use"]) == {"effect size"}
    assert set(uses.filter(population="nk")["use"]) == {"none"}
    assert set(uses.filter(population="")["use"]) == {"score"}


def test_sets_without_half_of_their_genes_have_no_score_and_are_told(measured):
    scores = measured.tables["expression_scores"].filter(pl.col("gene_set") == "ncr3")
    assert scores["pseudobulk"].null_count() == scores.height
    assert set(scores["status"]) == {"0 of 1 genes in the file: fewer than half"}
    (note,) = [one for one in measured.findings if one.code == "genes-of-sets-missing"]
    assert "ncr3 0 of 1" in note.found
    assert SET not in note.found


def test_one_condition_gives_resting_scores_and_says_that_there_is_no_response(
    donors_study, tmp_path
):
    found = measure_expression(donors_study(conditions=("unstimulated",)), tmp_path / "work")
    assert found.tables["stimulation_pairs"].is_empty()
    assert found.tables["stimulation_responses"].is_empty()
    assert found.tables["expression_scores"]["pseudobulk"].is_not_null().any()
    assert "no-stimulated-well" in {one.code for one in found.findings}


def test_stimulated_wells_without_a_partner_are_told_and_have_no_response(donors_study, tmp_path):
    found = measure_expression(donors_study(conditions=("IFN-beta",)), tmp_path / "work")
    pairs = found.tables["stimulation_pairs"]
    assert set(pairs["unstimulated_file"]) == {""}
    assert found.tables["stimulation_responses"].is_empty()
    alone = [one for one in found.findings if one.code == "no-unstimulated-well"]
    assert len(alone) == 3


def test_counts_that_are_no_counts_are_left_out_and_told(donors_study, tmp_path):
    def logs(matrix):
        values = np.log1p(matrix.values.toarray().astype(float))
        return AnnotatedMatrix(values, matrix.obs_names, matrix.var_names, matrix.obs, matrix.var)

    found = measure_expression(donors_study(change=logs), tmp_path / "work")
    (finding,) = found.findings
    assert finding.code == "expression-file-left-out"
    assert "logarithms" in finding.found
    assert found.tables["expression_scores"].is_empty()
    assert set(found.tables["expression_quality"]["sample_id"]) == {"S0", "S1", "S2"}
    assert all("left out: X" in one for one in found.tables["expression_quality"]["status"])


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ("sample", "samples", "cells-of-sample-not-found", "sample_column"),
        ("condition", "stimuli", "cells-of-sample-not-found", "stimulus_column"),
        ("type", "cell_type", "cell-populations-not-found", "population_column"),
    ],
)
def test_columns_of_obs_that_do_not_exist_are_told(donors_study, tmp_path, old, new, code, column):
    donors_study()
    settings = (tmp_path / "study.toml").read_text(encoding="utf-8")
    changed = settings.replace(f'constant = "{old}"', f'constant = "{new}"')
    (tmp_path / "study.toml").write_text(changed, encoding="utf-8")
    found = measure_expression(load_study(tmp_path), tmp_path / "work")
    told = [one for one in found.findings if one.code == code]
    assert len(told) == 3
    assert {one.column for one in told} == {column}
    assert f"no column {new!r}" in told[0].found
    scores = found.tables["expression_scores"]
    if column == "population_column":
        assert set(scores["population"]) == {""}
    else:
        assert scores.is_empty()


def test_a_later_call_goes_on_with_what_was_read(donors_study, tmp_path, monkeypatch):
    study = donors_study()
    first = measure_expression(study, tmp_path / "work")
    monkeypatch.setattr(counting_task, "run_guarded", None)
    second = measure_expression(study, tmp_path / "work")
    for name, table in first.tables.items():
        assert table.equals(second.tables[name]), name


def test_a_file_on_which_the_reader_falls_silent_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(counting_task, "run_guarded", run_guarded)
    monkeypatch.setattr(counting_task, "_START", "import time; time.sleep(60)")
    task = CountingTask(tmp_path, (listed_row(),), seconds=0.3)
    (tmp_path / "done").mkdir()
    counting_task._count(task, tmp_path / "done")
    assert counting_task.load_counted(tmp_path / "done") == "no sign of life for 0.3 s"


@pytest.mark.slow  # A process of its own for each file.
def test_a_damaged_file_is_left_out_and_the_others_go_on(donors_study, tmp_path, monkeypatch):
    monkeypatch.setattr(counting_task, "run_guarded", run_guarded)
    donors_study()
    shutil.copy(tmp_path / "cells.h5ad", tmp_path / "other.h5ad")
    damaged = bytearray((tmp_path / "cells.h5ad").read_bytes())
    damaged[200:4000] = bytes(3800)
    (tmp_path / "cells.h5ad").write_bytes(damaged)
    listed = pl.read_csv(tmp_path / "cells.csv").with_columns(
        pl.Series("File", ["cells.h5ad", "other.h5ad", "other.h5ad"])
    )
    listed.write_csv(tmp_path / "cells.csv")
    found = measure_expression(load_study(tmp_path), tmp_path / "work")
    left_out = [one.file for one in found.findings if one.code == "expression-file-left-out"]
    assert left_out == ["cells.h5ad"]
    assert set(found.tables["expression_scores"]["sample_id"]) == {"S1", "S2"}


def test_a_study_without_files_of_counts_has_no_expression(tmp_path):
    pl.DataFrame({"ID": ["P1"]}).write_csv(tmp_path / "people.csv")
    (tmp_path / "study.toml").write_text(
        '[participants]\nfile = "people.csv"\nparticipant_id = "ID"\n', encoding="utf-8"
    )
    assert not has_expression(load_study(tmp_path))
    assert len(INTERFERON) == 97
