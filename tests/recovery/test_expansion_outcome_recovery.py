"""Virtual patients in whom clones expand more where the tumour responds: a study shows that.

And where responders expand no more than others, or a baseline was not made to act, it shows
nothing.
"""

import dataclasses

import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate
from macroimmune.features import change_features, compute_features, diversity_features
from macroimmune.repertoires.changes import change_tables
from macroimmune.repertoires.diversity import diversity_tables
from macroimmune.repertoires.reading import read_repertoires
from macroimmune.simulator import write_virtual_study
from macroimmune.simulator.plan import (
    OutcomesPlan,
    RepertoiresPlan,
    StudyPlan,
    VisitPlan,
)
from macroimmune.study import load_study

pytestmark = pytest.mark.slow

EXPANSION = ("expanded_clones", "expanded_singletons")
SILENT = ("tcr_diversity", "tcr_clonality")


def plan(responder_ratio):
    """Return 40 patients with draws at baseline and week 3, half of whom respond."""
    return StudyPlan(
        patients=40,
        seed=7,
        truth_patients=2_000,
        outcomes=OutcomesPlan(response=0.5, progression_median_months=30.0),
        visits=(VisitPlan("baseline", day=-7), VisitPlan("week 3", day=21)),
        repertoires=RepertoiresPlan(
            is_written=True,
            clones=5_000,
            naive_clones=200_000,
            blood_cells=30_000,
            biopsied=0.0,
            single_cell_participants=0,
            expanding_share=0.02,
            responder_ratio=responder_ratio,
        ),
    )


def found(responder_ratio, folder):
    """Return areas under the curve of response, and the agreement with the evidence."""
    write_virtual_study(folder, plan(responder_ratio))
    study = load_study(folder)
    repertoires = read_repertoires(study)
    settings, rng = study.analysis.repertoires, np.random.default_rng(1)
    tables = {"repertoires": repertoires.listed}
    tables |= change_tables(repertoires, settings=settings, rng=rng)
    tables |= diversity_tables(repertoires, settings=settings)
    extra = [*change_features(tables, study=study), *diversity_features(tables, study=study)]
    features = compute_features(study, extra=extra)
    kept = tuple(one for one in features.computed if one.id in {*EXPANSION, *SILENT})
    of_kept = pl.col("feature").is_in([one.id for one in kept])
    features = dataclasses.replace(features, computed=kept, frame=features.frame.filter(of_kept))
    told = associate(study, features)
    areas = told.associations.filter(endpoint="response", effect="auc")
    return {row["feature"]: row for row in areas.to_dicts()}, told.agreement


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    return found(3.0, tmp_path_factory.mktemp("planted"))


@pytest.fixture(scope="module")
def alike(tmp_path_factory):
    return found(1.0, tmp_path_factory.mktemp("alike"))


def test_expansion_where_the_tumour_responds_is_found_at_a_landmark(planted):
    areas, agreement = planted
    for feature in EXPANSION:
        assert areas[feature]["landmark_days"] >= 21
        assert areas[feature]["ci_low"] > 0.5, feature
        assert areas[feature]["p_value"] < 0.05
    line = agreement.filter(evidence_id="singleton_expansion-1").row(0, named=True)
    assert line["feature"] == "expanded_singletons"
    assert line["verdict"] == "agrees"


def test_expansion_that_is_alike_in_all_and_diversity_show_nothing(planted, alike):
    areas, agreement = alike
    for feature in (*EXPANSION, *SILENT):
        assert areas[feature]["ci_low"] < 0.5 < areas[feature]["ci_high"], feature
    verdicts = agreement.filter(pl.col("evidence_id").str.contains("singleton|^tcr_diversity"))
    assert set(verdicts["verdict"]) <= {"underpowered", "no association"}
    for feature in SILENT:
        area = planted[0][feature]
        assert area["landmark_days"] is None
        assert area["ci_low"] < 0.5 < area["ci_high"], feature
