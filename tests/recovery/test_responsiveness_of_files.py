"""FCS files of a virtual study to scores: the whole way, against the truth of every donor."""

from pathlib import Path

import polars as pl
import pytest
from scipy.stats import spearmanr
from tests.recovery.virtual_wells import beside_truth, endless_differences, held, wells_of

from macroimmune.cytometry import measure_cytometry
from macroimmune.response import ScoredResponses, score_responses
from macroimmune.simulator.plan import CytometryPlan, StudyPlan
from macroimmune.simulator.study_folder import write_virtual_study
from macroimmune.simulator.virtual_study import draw_virtual_study
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


@pytest.fixture(scope="module")
def beside(scored: ScoredResponses) -> pl.DataFrame:
    """Return the scores of the donors beside what endless cells of them would give."""
    drawn = draw_virtual_study(PLAN)
    true = endless_differences(PLAN, wells_of(drawn), 5000, in_same_batch=True)
    return beside_truth(scored, true, drawn)


def test_scores_follow_the_true_responsiveness_of_donors(beside):
    assert beside.height == 22
    assert spearmanr(beside["score"], beside["responsiveness"]).statistic >= 0.9


def test_intervals_hold_what_endless_cells_would_give(beside):
    assert held(beside).mean() >= 0.9
    assert held(beside, "80").mean() >= 0.65


def test_definitions_of_effector_cells_rank_donors_alike(scored):
    memory = scored.definitions.filter(pl.col("other") == "em_cd4").row(0, named=True)
    assert memory["n_samples"] == 22
    assert memory["spearman"] > 0.9
