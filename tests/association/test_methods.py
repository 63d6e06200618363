import numpy as np
import pytest

from macroimmune.association import associate, response_association, survival_association
from macroimmune.association.ledger import LedgerEntry, ledger_frame
from macroimmune.association.methods import methods_used
from macroimmune.features import compute_features
from macroimmune.study import AnalysisSettings

SENTENCES = {
    "Cox proportional hazards model": {"survival"},
    "natural cubic spline": {"survival"},
    "Grambsch and Therneau": {"survival"},
    "Kaplan-Meier estimates": {"survival"},
    "scaled Schoenfeld residuals": {"survival"},
    "logistic regression": {"response"},
    "DeLong": {"response"},
    "cuts that were fixed beforehand, survival": {"survival", "cut"},
    "cuts that were fixed beforehand, binary": {"response", "cut"},
    "maximally selected log-rank statistic": {"survival", "search"},
    "maximally selected chi-squared statistic": {"response", "search"},
    "Lausen and Schumacher": {"search", "no strata"},
    "product of feature and treatment": {"survival", "control"},
    "stratified by cancer type": {"strata"},
    "arm, so that they describe": {"control"},
    "the interaction with treatment": {"control"},
    "At landmarks they were stratified by arm": {"landmark"},
    "only at the landmark (day 42)": {"later", "landmark"},
    "no landmark was set": {"later", "no landmark"},
}
USES = (
    {"survival", "no landmark"},
    {"response", "no landmark"},
    {"survival", "response", "cut", "no landmark"},
    {"survival", "response", "control", "strata", "no landmark"},
    {"survival", "later", "landmark"},
    {"response", "later", "no landmark"},
    {"response", "cut", "control", "strata", "no landmark"},
    {"survival", "response", "search", "no landmark", "no strata"},
    {"response", "search", "strata", "no landmark"},
)


@pytest.fixture
def methods_of(draw_study):
    def build(uses):
        endpoints = [("os", "pfs")] * ("survival" in uses) + [("response",)] * ("response" in uses)
        analysis = AnalysisSettings(
            endpoints=tuple(name for group in endpoints for name in group),
            cut_points={"nlr": 3.0} if "cut" in uses else {},
            search_cut_points=("neutrophils",) if "search" in uses else (),
            control_arms=("x",) if "control" in uses else (),
            strata=("cancer_type",) if "strata" in uses else (),
            landmarks_days=(42.0,) if "landmark" in uses else (),
        )
        study = draw_study(
            160,
            rng=np.random.default_rng(1),
            arms=("x", "y"),
            later="later" in uses,
            analysis=analysis,
        )
        return associate(study, compute_features(study)).methods

    return build


@pytest.mark.parametrize("uses", USES, ids=lambda uses: " and ".join(sorted(uses)))
def test_a_method_is_named_exactly_when_it_was_used(methods_of, uses):
    paragraph = " ".join(methods_of(uses))
    for words, needed in SENTENCES.items():
        assert (words in paragraph) == (needed <= uses), words
    assert "Baseline was the last sample from day -42 to day 0" in paragraph
    assert "q-values are Benjamini-Hochberg" in paragraph


def test_only_the_scales_of_features_that_were_computed_are_named(methods_of):
    paragraph = " ".join(methods_of({"survival"}))
    assert "per doubling" in paragraph
    assert "NPX" not in paragraph
    assert "arcsine" not in paragraph


def test_nothing_that_was_not_tested_is_told_of(make_study):
    study = make_study(participants=[{"participant_id": "a"}])
    sentences = associate(study, compute_features(study)).methods
    assert len(sentences) == 1


def test_a_penalised_model_of_a_change_is_described_as_adjusted_and_as_penalised(draw_study):
    study = draw_study(20, rng=np.random.default_rng(1))
    for module, outcomes in ((survival_association, "events"), (response_association, "outcomes")):
        entry = LedgerEntry("change", "os", 42.0, module.FIRTH_ADJUSTED, 0.2, "")
        said = methods_used(study, compute_features(study), ledger_frame([entry]))
        assert sum("adjusted for the baseline value" in one for one in said) == 1
        assert sum(f"separated the {outcomes}, Firth's" in one for one in said) == 1
