"""The `study.toml` of a virtual study: which of the delivered headings are which of ours."""

import numpy as np

from macroimmune.simulator.people import People
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.plan.writing import quoted
from macroimmune.simulator.tables.blood_counts_table import BLOOD_HEADINGS

__all__ = ["analysis_text", "clinical_settings"]

_EARLIEST_BASELINE = -42
_PARTICIPANTS = """
[participants]
group = "Group"
age_years = "Age"
sex = { column = "Sex", values = { F = "female", M = "male" } }
cancer_type = "Tumour"
stage = "Stage"
performance_status = "ECOG"
prior_therapy = { column = "Prior therapy", true = ["yes"], false = ["no"] }
arm = "Arm"
immunotherapy = { column = "Immunotherapy", true = ["yes"], false = ["no"] }
"""
_OUTCOMES = """
[outcomes]
os_time_days = { column = "OS (months)", unit = "month" }
os_event = { column = "Status", true = ["dead"], false = ["alive"] }
death_cause = "Cause of death"
"""
_METASTATIC = """best_response = "Best response"
pfs_time_days = { column = "PFS (months)", unit = "month" }
pfs_event = { column = "Progressed or died", true = ["1"], false = ["0"] }

[tumour_measurements]
file = "tumour_measurements.csv"
days_from_treatment_start = "Day"
sum_of_diameters_mm = { column = "Sum of diameters (mm)", unit = "mm" }
"""
_ADJUVANT = """rfs_time_days = { column = "RFS (months)", unit = "month" }
rfs_event = { column = "Relapsed or died", true = ["1"], false = ["0"] }
"""
_SAMPLES = """
[samples]
file = "samples.csv"
sample_id = "Sample"
days_from_treatment_start = "Day"
timepoint = "Visit"
compartment = "Compartment"
material = "Material"
batch = "Batch"
"""
_PROTEINS = """
[proteins]
file = "serum_proteins.csv"
days_from_treatment_start = "Day"
analyte = "Analyte"
value = { column = "Result pg/mL", unit = "pg/mL" }
limit_of_detection = "LOD"
"""
_POPULATIONS = """
[populations]
file = "populations.csv"
sample_id = "Sample"
population = "Population"
parent = "Parent"
value = { column = "Percent", unit = "percent" }
"""
_ASSAYS = """
[functional_assays]
file = "functional_assays.csv"
sample_id = "Sample"
stimulus = "Stimulus"
effector = "Effector"
target = "Target"
effector_target_ratio = "E:T"
readout = "Readout"
value = { column = "Percent", unit = "percent" }
"""
_SCORES = """
[supplied_features]
file = "scores.csv"
sample_id = "Sample"
feature = "Score"
value = { column = "Value", unit = "index" }
"""
_MEDICATIONS = """
[medications]
file = "medications.csv"
drug_class = "Class"
drug = "Drug"
start_day = "Start"
stop_day = "Stop"
"""


def clinical_settings(plan: StudyPlan, people: People) -> str:
    """Return the settings of the clinical tables, the head of the file among them.

    Parameters
    ----------
    plan : StudyPlan
    people : People
        Whose blood values have columns.

    Returns
    -------
    text : str
        TOML with one key a line.
    """
    head = f'name = {quoted(plan.name)}\nfile = "patients.csv"\nparticipant_id = "Patient"\n'
    of_disease = _ADJUVANT if plan.outcomes.disease == "adjuvant" else _METASTATIC
    sections = [head, _PARTICIPANTS, _OUTCOMES, of_disease, _SAMPLES, _blood(plan, people)]
    sections += [_PROTEINS, _POPULATIONS]
    if plan.functional_assays.is_written:
        sections.append(_ASSAYS)
    if plan.scores.is_written:
        sections.append(_SCORES)
    return "".join([*sections, _MEDICATIONS])


def _blood(plan: StudyPlan, people: People) -> str:
    lines = [
        "\n[blood_counts]",
        'file = "blood_counts.csv"',
        'days_from_treatment_start = "Day"',
        "\n[blood_counts.wide]",
    ]
    limit = f', upper_limit_of_normal = "{plan.blood_counts.ldh_upper_limit:g}"'
    for heading, name, unit in BLOOD_HEADINGS:
        if name in people.baseline:
            more = limit if name == "ldh" else ""
            lines.append(f'{name} = {{ column = "{heading}", unit = "{unit}"{more} }}')
    return "\n".join(lines) + "\n"


def analysis_text(plan: StudyPlan) -> str:
    """Return the `[analysis]` section that fits the plan's visits and arms.

    Notes
    -----
    Convention: the landmark is the end of the week by which every planned draw is over. The first
    arm is the control.
    """
    lines = [f"baseline_window_days = [{_first_day(plan)}, 0]"]
    last = max(visit.day + visit.window_days for visit in plan.visits)
    if last > 0:
        lines.append(f"landmarks_days = [{7 * int(np.ceil(last / 7))}]")
    if len(plan.arms) > 1:
        lines.append(f"control_arms = [{quoted(plan.arms[0].name)}]")
        others = ", ".join(quoted(arm.name) for arm in plan.arms[1:])
        lines.append(f"treated_arms = [{others}]")
        lines.append(f"randomised = {'true' if plan.is_randomised else 'false'}")
    return "\n[analysis]\n" + "\n".join(lines) + "\n"


def _first_day(plan: StudyPlan) -> int:
    first = plan.visits[0]
    return min(_EARLIEST_BASELINE, first.day - first.window_days)
