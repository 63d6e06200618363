"""Plans that cannot be are refused in one line, with the nearest name."""

import pytest

from macroimmune.errors import InputError
from macroimmune.simulator.plan import (
    ArmPlan,
    ClinicPlan,
    EffectPlan,
    OutcomesPlan,
    StudyPlan,
    VisitPlan,
    plan_text,
    read_plan,
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[effects]]\nfeature = "serum_il_8"\n', "Did you mean 'serum_il8'"),
        ('[[effects]]\nfeature = "nlr"\nhazard_ratio = -1\n', "outside 0.01 to 100"),
        ('[[effects]]\nfeature = "nlr"\narms = ["anti-PD-1"]\n', "Did you mean 'anti-PD1'"),
        ('[[effects]]\nfeature = "nlr"\n[[effects]]\nfeature = "nlr"\n', "twice"),
        ('[[arms]]\nname = "a"\n[[arms]]\nname = "a"\n', "arms: 'a' stands there twice"),
        ('[[arms]]\nname = "a"\nshare = 0\n', "the shares add up to 0"),
        ('[[visits]]\nname = "baseline"\nday = 1\n', "before treatment"),
        ('[[visits]]\nname = "a"\n[[visits]]\nname = "a"\nday = 9\n', "twice"),
        ('[[visits]]\nname = "a 1"\n[[visits]]\nname = "a-1"\nday = 9\n', "'a-1' stands there"),
        ("[clinic]\ncancer_types = { NSCLC = 0 }\n", "cancer_types: the shares add up to 0"),
        ("[clinic.performance_status]\n7 = 1.0\n", "There are: '0'"),
        ('[outcomes]\ndisease = "adjuvent"\n', "Did you mean 'adjuvant'"),
        ("[samples]\nper_batch = 0\n", "from 1"),
        ("arms = []\n", "at least one"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(tmp_path, text, message):
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_plan(path)
    assert message in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_plan_in_python_refuses_an_unknown_feature_too():
    with pytest.raises(ValueError, match="Did you mean 'm_mdsc'"):
        EffectPlan("m_mdcs")


def test_the_same_feature_may_act_differently_in_two_arms():
    arms = (ArmPlan("a"), ArmPlan("b"))
    effects = (EffectPlan("nlr", 1.2, 1.0, ("a",)), EffectPlan("nlr", 1.6, 1.0, ("b",)))
    assert StudyPlan(arms=arms, effects=effects).effects == effects


def test_a_plan_that_is_written_is_read_back(tmp_path):
    plan = StudyPlan(
        patients=7,
        healthy=3,
        is_randomised=False,
        truth_patients=5000,
        arms=(ArmPlan("new", 2.0), ArmPlan("old", is_immunotherapy=False, hazard_ratio=1.3)),
        clinic=ClinicPlan(cancer_types={"breast": 1.0}, prior_therapy=0.1),
        outcomes=OutcomesPlan(disease="adjuvant", treatment_death=0.2),
        effects=(EffectPlan("treg", 1.2, 0.9, arms=("old",)),),
        visits=(VisitPlan("first", -3, 2), VisitPlan("later", 30, 4, 0.1, is_for_healthy=True)),
    )
    path = tmp_path / "plan.toml"
    path.write_text(plan_text(plan), encoding="utf-8")
    assert read_plan(path) == plan
