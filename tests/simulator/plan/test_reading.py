"""What is wrong with a plan: every problem at once, each with its place and the nearest name."""

import pytest

from macroimmune.errors import InputError
from macroimmune.simulator.plan import StudyPlan, read_plan


@pytest.fixture
def plan_of(tmp_path):
    """Return a function that reads a plan from text."""

    def read(text):
        path = tmp_path / "plan.toml"
        path.write_text(text, encoding="utf-8")
        return read_plan(path)

    return read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sede = 3", "plan.toml.sede: no such setting. Did you mean 'seed'?"),
        ("patients = 0", "plan.toml.patients = 0: outside 1 to 1000000"),
        ("patients = 2.5", "plan.toml.patients = 2.5: expected a whole number"),
        ("patients = true", "plan.toml.patients = True: expected a whole number"),
        ("seed = -1", "plan.toml.seed = -1: outside the range from 0 up"),
        ("name = 3", "plan.toml.name = 3: expected text"),
        ("is_randomised = 1", "plan.toml.is_randomised = 1: expected true or false"),
        ("outcomes = 3", "plan.toml.outcomes: found 3, expected a table of settings"),
        ("arms = 3", "plan.toml.arms: found 3, expected a list"),
        ("[arms]", "plan.toml.arms: found {}, expected a list; write [[arms]], not [arms]"),
        ("[outcomes]\nresponse = 1.5", "plan.toml.outcomes.response = 1.5: outside 0.001 to 0.999"),
        (
            "[outcomes]\nresponse = nan",
            "plan.toml.outcomes.response = nan: expected a finite number",
        ),
        ("[tumour]\nscan_every = 9", "plan.toml.tumour.scan_every = 9: outside 14 to 365 day"),
        (
            '[outcomes]\ndisease = "adjuvent"',
            "plan.toml.outcomes.disease = 'adjuvent': no such name. Did you mean 'adjuvant'?",
        ),
        (
            '[[effects]]\nfeature = "serum_ldl"',
            "plan.toml.effects[1].feature = 'serum_ldl': no such name. Did you mean 'serum_ldh'?",
        ),
        (
            'troubles = ["reversed_events"]',
            "plan.toml.troubles[1] = 'reversed_events': no such name. "
            "Did you mean 'reversed-events'?",
        ),
        (
            "[clinic.performance_status]\n9 = 1.0",
            "plan.toml.clinic.performance_status.9: no such name. "
            "There are: '0', '1', '2', '3', '4'.",
        ),
        ("[clinic]\ncancer_types = 3", "plan.toml.clinic.cancer_types: found 3, expected a table"),
        (
            "[clinic.stages]\nIV = -1.0",
            "plan.toml.clinic.stages.IV = -1.0: outside the range from 0 up",
        ),
        (
            '[populations]\nreported = ["tregs"]',
            "plan.toml.populations.reported[1] = 'tregs': no such name. Did you mean 'treg'?",
        ),
        (
            '[populations]\nreported = ["treg", "treg"]',
            "plan.toml.populations: reported: 'treg' twice; expected each population once, and at "
            "least one",
        ),
        ('[[visits]]\nname = " "', "plan.toml.visits[1]: a visit needs a name"),
    ],
)
def test_a_problem_is_told_in_one_line(plan_of, text, said):
    with pytest.raises(InputError) as told:
        plan_of(text)
    assert str(told.value) == said


def test_all_problems_are_told_at_once(plan_of):
    with pytest.raises(InputError) as told:
        plan_of("patients = 0\nsede = 1\n[outcomes]\nresponse = 2")
    assert len(str(told.value).split("; ")) == 3


def test_a_file_that_is_not_toml_is_told_with_its_name(plan_of):
    with pytest.raises(InputError, match=r"^plan\.toml: not TOML in UTF-8: "):
        plan_of("patients 3")


def test_whole_numbers_are_numbers_too(plan_of):
    assert plan_of("[outcomes]\nos_median_months = 12").outcomes.os_median_months == 12.0


def test_what_is_left_out_has_its_default(plan_of):
    plan = plan_of("patients = 40\n[proteins]\nnoise = 0.0")
    assert (plan.patients, plan.proteins.noise) == (40, 0.0)
    assert plan.proteins.plate_effect == StudyPlan().proteins.plate_effect
    assert plan.effects == StudyPlan().effects


def test_arms_in_a_file_replace_all_arms(plan_of):
    plan = plan_of('[[arms]]\nname = "a"\n[[arms]]\nname = "b"\nhazard_ratio = 0.5')
    assert [(arm.name, arm.hazard_ratio) for arm in plan.arms] == [("a", 1.0), ("b", 0.5)]
