"""5,000 biomarkers of 3,000 patients in Cox models beside lifelines and R: seconds, agreement.

Run from the root of the repository: ``python benchmarks/cox_screening.py``. The peers fit a stated
subset of the biomarkers; their seconds are extrapolated and said to be.
"""

import importlib.util
import resource
import shutil
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.outcomes import Survival
from macroimmune.statistics import screen_cox

PATIENTS, MARKERS, SEED = 3000, 5000, 33
LIFELINES, COXPH, COXPH_FIT = 20, 100, 300
R_SCRIPT = """
d <- as.matrix(read.csv("cohort.csv")); suppressMessages(library(survival))
y <- Surv(d[, "time"], d[, "event"]); x <- d[, -(1:2)]
a <- system.time(one <- sapply(1:%d, function(j) {
  f <- coxph(y ~ x[, j], ties = "efron"); c(coef(f), sqrt(vcov(f))) }))["elapsed"]
control <- coxph.control()
b <- system.time(two <- sapply(1:%d, function(j) {
  f <- coxph.fit(x[, j, drop = FALSE], y, NULL, NULL, 0, control, NULL, "efron",
                 rownames = NULL); c(f$coefficients, sqrt(f$var)) }))["elapsed"]
cat(a, b, as.character(packageVersion("survival")), format(c(one, two), digits = 17))
"""


def cohort() -> tuple[Survival, np.ndarray]:
    """Return survival in whole days and biomarkers of which the first has an effect."""
    rng = np.random.default_rng(SEED)
    markers = rng.normal(size=(PATIENTS, MARKERS))
    death = rng.exponential(600 * np.exp(-0.3 * markers[:, 0]))
    end = rng.uniform(90, 1500, PATIENTS)
    return Survival(time=np.ceil(np.minimum(death, end)), event=death <= end), markers


def show(name: str, seconds: float, subset: int, found: np.ndarray, own: np.ndarray, ours: float):
    """Print a peer's extrapolated seconds, the ratio and the largest relative difference."""
    whole = seconds * MARKERS / subset
    apart = float(np.abs(found / own[:subset] - 1.0).max())
    print(
        f"{name:26} {whole:9.2f} s (extrapolated from {subset} biomarkers)   {whole / ours:7.1f} x "
        f"ours, largest relative difference of estimate or error {apart:.1e}"
    )


def lifelines(survival: Survival, markers: np.ndarray) -> tuple[float, np.ndarray]:
    """Fit the first biomarkers with lifelines; return seconds, coefficients and errors."""
    # The peer is optional.
    import pandas as pd
    from lifelines import CoxPHFitter

    found, start = [], time.perf_counter()
    for marker in markers.T[:LIFELINES]:
        frame = pd.DataFrame({"time": survival.time, "event": survival.event, "marker": marker})
        fit = CoxPHFitter().fit(frame, "time", "event")
        found.append((fit.params_["marker"], fit.standard_errors_["marker"]))
    return time.perf_counter() - start, np.array(found)


def in_r(survival: Survival, markers: np.ndarray) -> list[str]:
    """Return what R prints: seconds of both loops, version, estimates and errors."""
    columns = {"time": survival.time, "event": survival.event.astype(int)}
    columns |= {f"m{k}": markers[:, k] for k in range(max(COXPH, COXPH_FIT))}
    with tempfile.TemporaryDirectory() as folder:
        pl.DataFrame(columns).write_csv(Path(folder) / "cohort.csv", float_precision=17)
        script = R_SCRIPT % (COXPH, COXPH_FIT)
        done = subprocess.run(
            ["Rscript", "-e", script], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        print(f"R failed: {done.stderr.strip().splitlines()[-1:]}")
        return []
    return done.stdout.split()


def main() -> None:
    """Time each program that is here; print."""
    survival, markers = cohort()
    screen_cox(survival, markers[:, :2])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    screen = screen_cox(survival, markers)
    ours = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    own = np.column_stack([screen.coefficients, screen.standard_errors])
    print(f"{MARKERS} biomarkers, {PATIENTS} patients, {survival.n_events} events")
    print(
        f"macroimmune {version('macroimmune'):14} {ours:9.2f} s; largest memory of the process "
        f"{peak / 1024:.0f} MB, of which {(peak - before) / 1024:.0f} MB by the screen"
    )
    if importlib.util.find_spec("lifelines"):
        seconds, found = lifelines(survival, markers)
        show(f"lifelines {version('lifelines')}", seconds, LIFELINES, found, own, ours)
    else:
        print("lifelines                  not installed: make bench installs it")
    words = in_r(survival, markers) if shutil.which("Rscript") else []
    if not words:
        print("R coxph                    not measured: needs R with its package survival")
        return
    values = np.array(words[3:], float).reshape(-1, 2)
    show(f"R {words[2]} coxph", float(words[0]), COXPH, values[:COXPH], own, ours)
    show(f"R {words[2]} coxph.fit", float(words[1]), COXPH_FIT, values[COXPH:], own, ours)


if __name__ == "__main__":
    main()
