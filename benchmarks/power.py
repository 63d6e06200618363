"""The power of 10,000 simulated cohorts of 300 patients beside R and lifelines: seconds, agreement.

Run from the root of the repository: ``python benchmarks/power.py``. The peers fit a stated subset
of the same cohorts, without drawing them; their seconds are extrapolated and said to be.
"""

import importlib.util
import math
import shutil
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.simulator.power import Course, PowerDesign, share_rejected
from macroimmune.statistics import cox_of_cohorts

COHORTS, PATIENTS, SEED = 10_000, 300, 8
LIFELINES, COXPH = 20, 500
LOG_RATIO = math.log(1.3)
DESIGN = PowerDesign("os", "prognostic", Course(((12.0, 1.0),), 24.0, 12.0, 0.1), reliability=0.7)
R_SCRIPT = """
d <- as.matrix(read.csv("cohorts.csv")); suppressMessages(library(survival))
rows <- split(seq_len(nrow(d)), d[, "cohort"])
seconds <- system.time(z <- sapply(rows, function(i) {
  f <- coxph(Surv(d[i, "time"], d[i, "event"]) ~ d[i, "marker"]); coef(f) / sqrt(vcov(f)) }))
cat(seconds["elapsed"], as.character(packageVersion("survival")), format(c(z), digits = 17))
"""


def some_cohorts(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return time, event and marker of cohorts like those that are simulated."""
    rng = np.random.default_rng(SEED)
    truth = rng.normal(size=(number, PATIENTS))
    error = math.sqrt(1.0 / DESIGN.reliability - 1.0)
    drawn, event = DESIGN.course(LOG_RATIO).draw(LOG_RATIO * truth, rng)
    return drawn, event, truth + error * rng.normal(size=truth.shape)


def show(name: str, seconds: float, found: np.ndarray, own: np.ndarray, ours: float) -> None:
    """Print a peer's extrapolated seconds, the ratio and the largest difference."""
    whole = seconds * COHORTS / found.size
    apart = float(np.abs(found - own[: found.size]).max())
    print(
        f"{name:26} {whole:9.2f} s (extrapolated from {found.size} cohorts, fits alone)   "
        f"{whole / ours:7.1f} x ours, largest difference of z {apart:.1e}"
    )


def lifelines(drawn: np.ndarray, event: np.ndarray, marker: np.ndarray) -> tuple[float, np.ndarray]:
    """Fit the first cohorts with lifelines; return seconds and Wald statistics."""
    # The peer is optional.
    import pandas as pd
    from lifelines import CoxPHFitter

    found, start = [], time.perf_counter()
    for k in range(LIFELINES):
        frame = pd.DataFrame({"time": drawn[k], "event": event[k], "marker": marker[k]})
        fit = CoxPHFitter().fit(frame, "time", "event")
        found.append(fit.params_["marker"] / fit.standard_errors_["marker"])
    return time.perf_counter() - start, np.array(found)


def in_r(drawn: np.ndarray, event: np.ndarray, marker: np.ndarray) -> list[str]:
    """Return what R prints: seconds, version and Wald statistics."""
    table = pl.DataFrame({
        "cohort": np.repeat(np.arange(COXPH), PATIENTS),
        "time": drawn[:COXPH].ravel(),
        "event": event[:COXPH].ravel().astype(int),
        "marker": marker[:COXPH].ravel(),
    })
    with tempfile.TemporaryDirectory() as folder:
        table.write_csv(Path(folder) / "cohorts.csv", float_precision=17)
        done = subprocess.run(
            ["Rscript", "-e", R_SCRIPT], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        print(f"R failed: {done.stderr.strip().splitlines()[-1:]}")
        return []
    return done.stdout.split()


def main() -> None:
    """Time each program that is here; print."""
    drawn, event, marker = some_cohorts(COXPH)
    estimate, error = cox_of_cohorts(drawn, event, marker)
    own = estimate / error
    start = time.perf_counter()
    power = share_rejected(DESIGN, LOG_RATIO, PATIENTS, cohorts=COHORTS, seed=SEED)
    ours = time.perf_counter() - start
    print(f"{COHORTS} cohorts of {PATIENTS} patients, {100 * event.mean():.0f} % with the event")
    print(
        f"macroimmune {version('macroimmune'):14} {ours:9.2f} s, drawing and fitting; power "
        f"{power:.4f}"
    )
    if importlib.util.find_spec("lifelines"):
        show(f"lifelines {version('lifelines')}", *lifelines(drawn, event, marker), own, ours)
    else:
        print("lifelines                  not installed: make bench installs it")
    words = in_r(drawn, event, marker) if shutil.which("Rscript") else []
    if not words:
        print("R coxph                    not measured: needs R with its package survival")
        return
    show(f"R {words[1]} coxph", float(words[0]), np.array(words[2:], float), own, ours)


if __name__ == "__main__":
    main()
