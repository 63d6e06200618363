"""Public repertoires give the figures that are known of them."""

import pytest
from tests.repertoires.sharing.small_repertoires import no_changes

from macroimmune.datasets import write_study
from macroimmune.repertoires.reading import read_repertoires
from macroimmune.repertoires.sharing import sharing_tables
from macroimmune.workflow import open_study

pytestmark = pytest.mark.data


def tables_of(name, folder, **settings):
    path = write_study(name, folder)
    if settings:
        file = path / "study.toml" if path.is_dir() else path
        words = "".join(f"{key} = {value}\n" for key, value in settings.items())
        file.write_text(file.read_text() + f"\n[analysis.repertoires]\n{words}")
    study = open_study(path)
    return sharing_tables(
        read_repertoires(study),
        clone_changes=no_changes(),
        settings=study.analysis.repertoires,
    )


def test_turnover_of_reads_at_treatment_start_is_that_of_any_other_draws(public_data, tmp_path):
    assert public_data.is_dir()
    turnover = tables_of("iokin-tcr", tmp_path / "s")["repertoire_turnover"]
    forward = turnover.filter(direction="forward")
    days = [0, 1, 3, 8, 15, 22, 29]
    assert forward["timepoint_after"].to_list() == [f"day {day}" for day in days[1:]]
    assert forward["n_participants"].to_list() == [8] * 6
    # 84.3 % of clones at day 1 are absent at day 0; later pairs lose 87 to 90 %.
    assert forward["mean_percent"].round(1).to_list() == [84.3, 89.8, 88.6, 88.1, 88.0, 87.2]
    backward = turnover.filter(direction="backward")
    assert backward["mean_percent"][0] == pytest.approx(90.1, abs=0.05)
    for status in turnover["status"]:
        assert (
            "does not differ from that of the other neighbouring draws by more than chance"
            in status
        )
        assert "no evidence of priming" in status
        assert "reads are counted" in status
    assert "(−4.0 points, 95 % interval −8.1 to +0.0, 8 participants)" in forward["status"][0]


UNFILTERED = {"only_productive": "false", "only_cells": "false", "genes": '"none"'}


def shared_of(folder, **settings):
    table = tables_of("tenx-contigs", folder, **settings)["clone_sharing"]
    return table.select("n_shared", "n_tumour").rows(), table


def percents(rows):
    return [round(100 * shared / total, 1) for shared, total in rows]


def test_tumour_clones_in_blood_by_the_definitions_of_a_clonotype(public_data, tmp_path):
    assert public_data.is_dir()
    usual, table = shared_of(tmp_path / "usual")
    assert percents(usual) == [6.9, 7.9, 8.9]
    # One pool at these depths would share about twice as many.
    assert table["expected_percent"].round(1).to_list() == [12.8, 17.2, 14.1]
    assert (table["shared_percent_ci_high"] < table["expected_percent_low"]).all()
    paired, _ = shared_of(tmp_path / "paired", chain='"paired"')
    assert percents(paired) == [5.4, 7.2, 6.5]


def test_the_figures_told_of_the_cohort_count_cells_without_a_cdr3_as_one_clone(
    public_data, tmp_path
):
    # 6.9 / 8.3 / 8.9 %: of the contig with most UMIs of each cell, with "no CDR3" as a clonotype
    # that blood and tumour share. Without it they are 6.8 / 8.1 / 8.7 %.
    assert public_data.is_dir()
    rows, _ = shared_of(tmp_path / "unfiltered", **UNFILTERED)
    assert rows == [(82, 1205), (60, 737), (47, 538)]
    assert percents(rows) == [6.8, 8.1, 8.7]
    assert percents([(shared + 1, total + 1) for shared, total in rows]) == [6.9, 8.3, 8.9]
