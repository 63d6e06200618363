"""FCS files of a virtual study to scores: the whole way, against the truth of every donor."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from macroimmune.cytometry import measure_cytometry
from macroimmune.response import ScoredResponses, score_responses
from macroimmune.simulator.plan import CytometryPlan, StudyPlan
from macroimmune.simulator.study_folder import write_virtual_study
from macroimmune.study import load_study

# 7,000 events hold somewhat more than 500 effector CD4 T cells.
PLAN = StudyPlan(
    patients=22,
    seed=7,
    cytometry=CytometryPlan(
        is_written=True,
        panels=("mass_t_cell",),
        stimuli=("unstimulated", "ifn_late"),
        participants=22,
        visits=("baseline",),
        events_per_file=7000,
    ),
)
LEAVES = ("em_cd4", "temra_cd4")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("virtual") / "study"
    write_virtual_study(folder, PLAN)
    return folder


@pytest.fixture(scope="module")
def scored(study: Path) -> ScoredResponses:
    read = load_study(study)
    measured = measure_cytometry(read, study.parent / "work")
    return score_responses(measured.tables["stimulation_responses"], study=read)


def true_scores(study: Path, scored: ScoredResponses) -> pl.DataFrame:
    """Return what each donor's true shifts are against the frozen reference, less its offset."""
    reference = scored.reference.filter(
        (pl.col("population") == "effector_cd4") & pl.col("scaled_mad").is_not_null()
    )
    shares = pl.read_csv(study / "truth" / "cytometry_fractions.csv").filter(
        pl.col("file").str.ends_with("_unstimulated"), pl.col("leaf").is_in(LEAVES)
    )
    shares = shares.with_columns(donor=pl.col("file").str.split("_").list.first())
    shifts = pl.read_csv(study / "truth" / "cytometry_responses.csv")
    weighted = (pl.col("mean_shift") * pl.col("fraction")).sum() / pl.col("fraction").sum()
    return (
        shifts
        .join(shares, on=["donor", "leaf"])
        .group_by("donor", "antigen")
        .agg(weighted.alias("shift"))
        .join(reference, left_on="antigen", right_on="marker")
        .group_by("donor")
        .agg(((pl.col("shift") - pl.col("median")) / pl.col("scaled_mad")).mean().alias("truth"))
        .rename({"donor": "participant_id"})
    )


def effector_scores(scored: ScoredResponses) -> pl.DataFrame:
    return scored.responsiveness.filter(
        (pl.col("control") == "") & pl.col("is_primary") & pl.col("score").is_not_null()
    )


def test_scores_follow_the_true_responsiveness_of_donors(study, scored):
    people = pl.read_csv(study / "truth" / "participants.csv")
    rows = effector_scores(scored).join(people, on="participant_id")
    assert rows.height == 22
    assert spearmanr(rows["score"], rows["ifn_responsiveness"]).statistic >= 0.9


def test_intervals_hold_the_true_shift_against_the_reference(study, scored):
    rows = effector_scores(scored).join(true_scores(study, scored), on="participant_id")
    truth = rows["truth"].to_numpy()
    # Detectors end at zero, so all measured answers are a little smaller than the true ones: an
    # offset of all donors, which a score against people who were measured alike does not hold.
    truth = truth + np.median(rows["score"].to_numpy() - truth)
    held = (rows["ci_low"].to_numpy() < truth) & (truth < rows["ci_high"].to_numpy())
    assert held.mean() >= 0.9


def test_definitions_of_effector_cells_rank_donors_alike(scored):
    memory = scored.definitions.filter(pl.col("other") == "em_cd4").row(0, named=True)
    assert memory["n_samples"] == 22
    assert memory["spearman"] > 0.9
