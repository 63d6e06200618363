"""Write a million virtual patients for R: one file of doubles per column.

The conditional effects are those of the model; those of shares are turned from one unit of the
model into one standard deviation of the generated patients.
"""

import csv
import sys
from pathlib import Path

import numpy as np

from macroimmune.simulator import CAUSES, FEATURE_SCALES, draw_patients, scaled_features

SEED, PATIENTS = 20261121, 1_000_000


def main(folder: Path) -> None:
    patients = draw_patients(PATIENTS, rng=np.random.default_rng(SEED))
    columns = {
        "os_time": patients.os_months,
        "os_event": patients.os_event.astype(float),
        "pfs_time": patients.pfs_months,
        "pfs_event": patients.pfs_event.astype(float),
        "response": patients.response.astype(float),
    }
    rows = []
    for name, values in scaled_features(patients.measured).items():
        scale = FEATURE_SCALES[name]
        unit = float(values.std()) if scale.startswith("per SD") else 1.0
        columns[name] = values / unit
        cause = CAUSES.get(name)
        hazard, odds = 1.0, 1.0
        if cause is not None:
            hazard = cause.hazard_ratio ** (unit / cause.spread)
            odds = cause.odds_ratio ** (unit / cause.spread)
        rows.append((name, scale, repr(hazard), repr(odds)))
    for name, values in columns.items():
        values.astype("<f8").tofile(folder / f"{name}.f8")
    with (folder / "features.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("feature", "scale", "hazard_ratio", "odds_ratio"))
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
