"""Write generated patients for R: one file of doubles per column.

`generate.py FOLDER default` writes the million of the default plan, `generate.py FOLDER small` a
thousand with two arms, an effect in one of them only, and some features.
"""

import csv
import dataclasses
import sys
from pathlib import Path

import numpy as np

from macroimmune.simulator.plan import ArmPlan, EffectPlan, OutcomesPlan, StudyPlan
from macroimmune.simulator.truth import GeneratedPatients, generate_patients, relevant_key

SMALL = StudyPlan(
    arms=(ArmPlan("new"), ArmPlan("old", hazard_ratio=1.4, odds_ratio=0.6)),
    effects=(EffectPlan("nlr", 1.4, 0.7), EffectPlan("m_mdsc", 1.3, 0.8, arms=("new",))),
    outcomes=OutcomesPlan(lost_per_year=0.2),
    truth_patients=1000,
)
SMALL_FEATURES = ("nlr", "albumin", "serum_il4", "m_mdsc", "ifn_responsiveness")


def columns_of(patients: GeneratedPatients) -> dict[str, np.ndarray]:
    columns = {"arm": patients.arm}
    for name, survival in patients.survival.items():
        columns |= {f"{name}_time": survival.time, f"{name}_event": survival.event}
    columns["response"] = patients.response
    for name, values in zip(patients.names, patients.features.T, strict=True):
        columns[name] = values
    return {name: values.astype("<f8") for name, values in columns.items()}


def write(folder: Path, plan: StudyPlan, patients: GeneratedPatients) -> None:
    for name, values in columns_of(patients).items():
        values.tofile(folder / f"{name}.f8")
    with (folder / "features.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("feature", "unit"))
        writer.writerows(
            (name, repr(float(unit)))
            for name, unit in zip(patients.names, patients.units, strict=True)
        )
    arms = "\n".join(arm.name for arm in plan.arms)
    (folder / "arms.txt").write_text(f"{arms}\n", encoding="utf-8")
    (folder / "key.txt").write_text(f"# {relevant_key(plan)}\n", encoding="utf-8")


def main(folder: Path, which: str) -> None:
    if which == "default":
        write(folder, StudyPlan(), generate_patients(StudyPlan()))
        return
    patients = generate_patients(SMALL, SMALL_FEATURES)
    # Whole days, so that days with several events stand in the reference too.
    whole = {
        name: dataclasses.replace(known, time=np.ceil(known.time / 7.0))
        for name, known in patients.survival.items()
    }
    patients = dataclasses.replace(patients, survival=whole)
    write(folder, SMALL, patients)
    columns = columns_of(patients)
    with (folder / "patients.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            writer.writerow([np.format_float_positional(value, trim="-") for value in row])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
