"""Dose and response of pSTAT1 in public plates, and the rate at which intervals hold the EC50.

The first part needs the cohort `ifn_pstat1_doseresponse` (`$MACROIMMUNE_DATA`): four plates as
replicates, each with its own bottom, top and scatter. It prints, per interferon, cell and time, the
p of no rise, EC50 with its interval (or what the doses do not set), the residual scatter with one
bottom and top for all plates, with one scale for each plate, and with both for each, and how often
a well lies below the one of the dose before. The second part simulates plates whose scales differ
fivefold, with and without an EC50 of their own, and counts how often 95 % intervals hold it.
"""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from scipy.optimize import minimize

from macroimmune.datasets import write_study
from macroimmune.response import dose_tables
from macroimmune.results import empty
from macroimmune.statistics import hill_curve, monotone_trend
from macroimmune.study import load_study

SEED = 7
PLATES = 4
LOG_DOSES = np.linspace(-11.5, -7.5, 7)
LOG_EC50 = -9.5
DRAWS = 400


def number(value: float | None) -> str:
    """Return a number, or a dash where there is none."""
    return "-" if value is None else f"{value:.3g}"


def public_plates() -> None:
    """Print what the plates of pSTAT1 say."""
    with tempfile.TemporaryDirectory() as folder:
        write_study("ifn-pstat1-doseresponse", Path(folder))
        study = load_study(Path(folder))
    tables = dose_tables(
        study, empty("stimulation_responses"), rng=np.random.default_rng(SEED)
    ).tables
    points = tables["dose_points"]
    rows = tables["dose_responses"].filter(pl.col("participant_id") == "")
    print("interferon, time, cell, marker: p of no rise; EC50 (95 % interval) in mol/L; status")
    scatter = []
    for row in rows.iter_rows(named=True):
        ends = f"{number(row['ec50_ci_low'])} to {number(row['ec50_ci_high'])}"
        print(
            f"  {row['series']}: p {row['monotone_p']:.4f}; {number(row['ec50'])} ({ends}); "
            f"{row['status'] or 'both plateaus reached'}"
        )
        scatter.append(residuals(points.filter(pl.col("series") == row["series"])))
    shared, scaled, own = np.median(np.array(scatter), axis=0)
    reached = rows["is_plateau_reached"].sum()
    print(f"plateau reached in {reached} of {rows.height} series, EC50 in {rows['ec50'].count()}")
    print(
        "median residual SD, as a share of the range of a plate: one bottom and top for all plates "
        f"{shared:.2f}, one scale per plate {scaled:.3f}, bottom and top per plate {own:.3f}"
    )
    falls(points)


def residuals(points: pl.DataFrame) -> tuple[float, float, float]:
    """Return the scatter with shared bottom and top, a scale per plate, and both per plate."""
    x = np.log10(points["dose"].to_numpy())
    y, plate = points["value"].to_numpy(), points["batch"].to_numpy()
    ranges = {one: np.ptp(y[plate == one]) for one in np.unique(plate)}
    width = np.array([ranges[one] for one in plate])

    def squares(parameters: np.ndarray, kind: str) -> float:
        fraction = 1 / (1 + 10 ** (np.exp(parameters[1]) * (parameters[0] - x)))
        if kind == "shared":
            design = np.column_stack([np.ones(x.size), fraction])
        else:
            curve = parameters[2] + fraction if kind == "scale" else fraction
            blocks = [plate == one for one in ranges]
            design = np.column_stack([block * curve for block in blocks])
            if kind == "own":
                design = np.column_stack([design, *blocks])
        design, target = design / width[:, None], y / width
        left = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
        return float(left @ left)

    found = []
    for kind, linear in (("shared", 2), ("scale", PLATES), ("own", 2 * PLATES)):
        start = np.array([x.mean(), -0.3, 0.05][: 3 if kind == "scale" else 2])
        best = minimize(squares, start, args=(kind,), method="Nelder-Mead").fun
        found.append(float(np.sqrt(best / (x.size - linear - start.size))))
    return found[0], found[1], found[2]


def falls(points: pl.DataFrame) -> None:
    """Print how often a well lies below the one of the dose before it, by time."""
    steps = (
        points
        .filter(~pl.col("series").str.contains("min, .*, .*, "))
        .sort("series", "batch", "dose")
        .with_columns(
            step=pl.col("value").diff().over("series", "batch"),
            width=(pl.col("value").max() - pl.col("value").min()).over("series", "batch"),
        )
        .drop_nulls("step")
    )
    share = steps.group_by("stimulus_minutes").agg(
        (pl.col("step") < 0).mean().alias("falls"),
        (pl.col("step") < -0.1 * pl.col("width")).mean().alias("by a tenth"),
    )
    print("steps from dose to dose that fall, and by more than a tenth of the range:")
    for minutes, all_falls, large in share.sort("stimulus_minutes").iter_rows():
        print(f"  {minutes:g} min: {100 * all_falls:.0f} %, {100 * large:.0f} %")


def simulated_plates() -> None:
    """Print how often the interval holds the EC50, and how often flat doses show a trend."""
    print(f"simulated plates, 7 doses, {DRAWS} draws: share of 95 % intervals that hold the EC50")
    for n, sd, noise in (
        (1, 0.0, 0.05), (4, 0.0, 0.05), (4, 0.0, 0.1), (4, 0.2, 0.05), (4, 0.4, 0.05),
        (8, 0.2, 0.05),
    ):  # fmt: skip
        rng = np.random.default_rng(SEED)
        held, widths = 0, []
        for _ in range(DRAWS):
            found = hill_curve(*plates(rng, n, sd=sd, noise=noise))
            held += found.ci_low <= 10**LOG_EC50 <= found.ci_high
            ends = np.clip([found.ci_low, found.ci_high], 1e-30, 1e30)
            widths.append(np.diff(np.log10(ends))[0])
        print(
            f"  {n} plates, SD of log10 EC50 between them {sd}, scatter {noise}: "
            f"{100 * held / DRAWS:.1f} %, median width {np.median(widths):.2f} decades"
        )
    rng = np.random.default_rng(SEED)
    dose, batch = np.tile(10**LOG_DOSES, 4), np.repeat(np.arange(4), 7)
    p = [
        monotone_trend(dose, rng.normal(size=28), batch, rng=rng, n_permutations=999).p_value
        for _ in range(1000)
    ]
    print(f"four plates of flat doses: p up to 0.05 in {100 * np.mean(np.array(p) <= 0.05):.1f} %")


def plates(
    rng: np.random.Generator, n: int, *, sd: float, noise: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dose, value and plate of n plates."""
    values = []
    for _ in range(n):
        scale, hill = np.exp(rng.normal(0, 0.8)), np.exp(rng.normal(0, 0.1 * (sd > 0)))
        fraction = 1 / (1 + 10 ** (hill * (rng.normal(LOG_EC50, sd) - LOG_DOSES)))
        values.append(scale * (rng.normal(0.05, 0.05) + fraction + noise * rng.normal(size=7)))
    return np.tile(10**LOG_DOSES, n), np.concatenate(values), np.repeat(np.arange(n), 7)


def main() -> None:
    """Print both parts; the first only where the cohort lies."""
    if os.environ.get("MACROIMMUNE_DATA"):
        public_plates()
    else:
        print("MACROIMMUNE_DATA is not set: the public plates are left out", file=sys.stderr)
    simulated_plates()


if __name__ == "__main__":
    main()
