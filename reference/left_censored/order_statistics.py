"""Writes what statsmodels gives for the same values; needs statsmodels and pandas."""

import csv
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.imputation import ros

HERE = Path(__file__).parent

# Helsel and Cohn (1988), Water Resources Research 24: 1997-2004, appendix B.
APPENDIX_B = (
    [1.0] * 6 + [10.0] * 3 + [3.0, 7.0, 9.0, 12.0, 15.0, 20.0, 27.0, 33.0, 50.0],
    [True] * 9 + [False] * 9,
)
# Arsenic in streams of Oahu: Helsel (2005), Nondetects and Data Analysis.
ARSENIC = (
    [3.2, 2.8, *[2.0] * 8, 1.7, 1.5, *[1.0] * 4, 0.9, 0.9, 0.7, 0.7, 0.6, 0.5, 0.5, 0.5],
    [*[False] * 2, *[True] * 8, *[False] * 2, *[True] * 4, False, True, *[False] * 6],
)


def cohort() -> tuple[list[float], list[bool]]:
    found: dict[str, list[float]] = defaultdict(list)
    with (HERE / "expected.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["case"] == "data":
                found[row["quantity"]].append(float(row["value"]))
    return found["value"], [mark == 1 for mark in found["below"]]


def main() -> None:
    rows = []
    for case, (values, below) in {
        "appendix b": APPENDIX_B,
        "arsenic": ARSENIC,
        "cohort": cohort(),
    }.items():
        frame = pd.DataFrame({"value": values, "below": below})
        modelled = np.sort(ros.impute_ros("value", "below", df=frame, max_fraction_censored=1.0))
        numbers = {"value": values, "below": [int(mark) for mark in below], "modelled": modelled}
        numbers |= {"mean": [modelled.mean()], "sd": [modelled.std(ddof=1)]}
        for quantity, column in numbers.items():
            rows += [(case, quantity, i, repr(float(one))) for i, one in enumerate(column)]
    with (HERE / "order_statistics.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("case", "quantity", "position", "value"))
        writer.writerows(rows)
    with (HERE / "versions.txt").open("a") as file:
        file.write(f"statsmodels {version('statsmodels')} (order_statistics.py)\n")


if __name__ == "__main__":
    main()
