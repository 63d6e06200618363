import pytest

from macroimmune.errors import InputError
from macroimmune.mechanism.scenarios import Intervention
from macroimmune.mechanism.virtual_patients import Target, find_scenario, read_cohort_plan

WHOLE = """
scenario = "human_tumour"
length = 100
patients = 7
seed = 3
design = "latin_hypercube"
allocation = "randomised"
observables = ["Neu_bl"]
days = [21]
is_filtered = false

[outcomes]
scan_every = 42
scan_error = 0.1

[[arms]]
name = "control"

[[arms]]
name = "blocked"
[[arms.interventions]]
name = "anti_GCSF"
day = 0
every = 14
times = 3

[[targets]]
variable = "Neu_bl"
statistic = "mean"
value = 20
"""


def plan_of(text, tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(text)
    return read_cohort_plan(path)


def test_a_plan_is_read_as_it_is_stated(tmp_path):
    plan = plan_of(WHOLE, tmp_path)
    assert (plan.patients, plan.seed, plan.design) == (7, 3, "latin_hypercube")
    assert plan.scenario.name == "human_tumour"
    assert plan.scenario.days == 100
    assert [arm.name for arm in plan.arms] == ["control", "blocked"]
    assert plan.arms[1].interventions == (Intervention("anti_GCSF", day=0.0, every=14.0, times=3),)
    assert (plan.outcomes.scan_every, plan.outcomes.scan_error) == (42, 0.1)
    assert plan.targets == (Target("Neu_bl", "mean", 20.0),)
    assert (plan.days, plan.ranges, plan.allocation) == ((-1, 21), (), "randomised")


def test_what_is_left_out_has_its_default(tmp_path):
    plan = plan_of('scenario = "human_tumour"', tmp_path)
    assert [arm.name for arm in plan.arms] == ["human_tumour"]
    assert plan.ranges


def test_a_scenario_is_found_beside_the_plan(tmp_path):
    (tmp_path / "mine.toml").write_text('[host]\nspecies = "human"\n[tumour]\n')
    assert plan_of('scenario = "mine.toml"', tmp_path).scenario.name == "mine"


@pytest.mark.parametrize(
    ("found", "asked", "said"),
    [
        ("patients = 7", "patient = 7", "Did you mean 'patients'"),
        ("patients = 7", "patients = 7.5", "patients = 7.5: expected a whole number"),
        ("patients = 7", 'patients = "7"', "expected a whole number"),
        ("scan_every", "scans_every", "Did you mean 'scan_every'"),
        ("scan_every = 42", "scan_every = 0", "outcomes.scan_every = 0"),
        ('"anti_GCSF"', '"anti_GCFS"', "arm blocked.*Did you mean 'anti_GCSF'"),
        ("times = 3", "tims = 3", "arm 2: intervention 1: key 'tims' is unknown. Did you mean"),
        ("times = 3", "times = 30", "arm blocked.*after the end of the run on day 100"),
        ('variable = "Neu_bl"', "", "target 1: variable is missing"),
        ('"randomised"', '"randomized"', "Did you mean 'randomised'"),
        ('"human_tumour"', '"human_tumor"', "Did you mean 'human_tumour'"),
        ('scenario = "human_tumour"', "", "scenario is missing"),
        ("days = [21]", "days = 21", "days = 21: expected a list"),
    ],
)
def test_a_fault_is_told_with_its_place_and_the_nearest_name(tmp_path, found, asked, said):
    assert found in WHOLE
    with pytest.raises(InputError, match=said):
        plan_of(WHOLE.replace(found, asked), tmp_path)


def test_faults_are_told_all_at_once(tmp_path):
    with pytest.raises(InputError, match=r"key 'sede' is unknown.*patients = 'x'"):
        plan_of('scenario = "human_tumour"\npatients = "x"\nsede = 1', tmp_path)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_cohort_plan(tmp_path / "none.toml")
    with pytest.raises(InputError, match="Did you mean 'human_tumour'"):
        find_scenario("human_tumur")
