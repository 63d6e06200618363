"""Decision curves by dcurves, of a fixed rule on the generated cohort."""

import csv
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from dcurves import dca

LEVELS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
HORIZON = 180.0

here = Path(__file__).parent
cohort = pd.read_csv(here.parent / "cohort" / "cohort.csv")
predictor = 0.9 * cohort["x1"] + 0.3 * cohort["x3"]
# Two decimals, so that some risks are equal to a threshold.
cohort["risk"] = (1.0 - np.exp(-HORIZON / 400.0 * np.exp(predictor))).round(2)
frame = cohort[["response", "risk", "time", "fine_time", "event"]].copy()


def of(**options: object) -> list[tuple[str, list[float]]]:
    """Return the curves of the rule and of treating everybody."""
    found = dca(data=frame, modelnames=["risk"], thresholds=LEVELS, **options)
    return [
        (name, found.loc[found["model"] == name].sort_values("threshold")["net_benefit"].tolist())
        for name in ("risk", "all")
    ]


cases = {
    "binary": of(outcome="response"),
    "survival": of(outcome="event", time=HORIZON, time_to_outcome_col="time"),
    "survival no ties": of(outcome="event", time=HORIZON, time_to_outcome_col="fine_time"),
}
with (here / "expected.csv").open("w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["case", "quantity", "position", "value"])
    for place, level in enumerate(LEVELS):
        writer.writerow(["all", "thresholds", place, level])
    for case, curves in cases.items():
        for name, values in curves:
            for place, value in enumerate(values):
                writer.writerow([case, name, place, repr(float(value))])
lines = [f"Python {sys.version.split()[0]}"]
lines += [f"{name} {version(name)}" for name in ("dcurves", "lifelines", "numpy", "pandas")]
(here / "versions.txt").write_text("\n".join(lines) + "\n")
