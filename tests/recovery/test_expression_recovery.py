"""The answer of virtual cells to interferon is found in their counts; none where there is none."""

import polars as pl
import pytest
from scipy.stats import spearmanr

from macroimmune.expression import measure_expression
from macroimmune.features import expression_features
from macroimmune.simulator import StudyPlan, write_virtual_study
from macroimmune.simulator.plan import ExpressionPlan
from macroimmune.study import load_study

pytestmark = pytest.mark.slow
DONORS = 20


def changes(folder, *, cells=800, **settings):
    """Return the change of the Hallmark set by donor and population, beside the truth."""
    plan = ExpressionPlan(
        is_written=True,
        participants=DONORS,
        cells_per_well=cells,
        genes=1000,
        file_format="10x",
        **settings,
    )
    write_virtual_study(folder, StudyPlan(patients=DONORS, seed=7, expression=plan))
    study = load_study(folder)
    measured = measure_expression(study, folder.parent / f"{folder.name}_work")
    assert measured.findings == ()
    stem = "ifn1_expression_response_hallmark_ifn_alpha_"
    truth = pl.read_csv(folder / "truth" / "participants.csv")
    return {
        definition.id.removeprefix(stem): rows.join(truth, on="participant_id").drop_nulls("value")
        for definition, rows in expression_features(
            measured.tables["expression_scores"], study=study
        )
        if definition.id.startswith(stem)
    }


def test_the_change_of_donors_follows_their_true_responsiveness(tmp_path):
    found = changes(tmp_path / "study")
    for population in ("all_cells", "cd4_t"):
        rows = found[population]
        assert rows.height == DONORS
        assert (rows["ci_low"] > 0).all()
        assert spearmanr(rows["value"], rows["ifn_responsiveness"])[0] >= 0.9


def test_wells_without_an_answer_show_none(tmp_path):
    found = changes(tmp_path / "study", cells=500, response=0.0)
    rows = pl.concat(
        found[name].select("value", "ci_low", "ci_high") for name in ("cd4_t", "cd8_t", "monocyte")
    )
    covered = (rows["ci_low"] <= 0) & (rows["ci_high"] >= 0)
    assert rows.height == 3 * DONORS
    # Of 60 intervals at 95 %, fewer than 51 would hold zero in one of 1,300 runs.
    assert covered.sum() >= 51
    assert rows["value"].abs().max() < 0.1
