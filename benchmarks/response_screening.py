"""5,000 biomarkers against response beside R: logistic models and areas under the ROC curve.

Run from the root of the repository: ``python benchmarks/response_screening.py``. R does a stated
subset of the biomarkers; its seconds are extrapolated and said to be.
"""

import resource
import shutil
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.statistics import screen_auc, screen_logistic

PATIENTS, MARKERS, SEED = 3000, 5000, 35
GLM, PROC = 100, 50
R_SCRIPT = """
d <- as.matrix(read.csv("cohort.csv")); suppressMessages(library(pROC)); y <- d[, 1]
a <- system.time(one <- sapply(1:%d, function(j) {
  summary(glm(y ~ d[, j + 1], family = binomial))$coefficients[2, 1:2] }))["elapsed"]
b <- system.time(two <- sapply(1:%d, function(j) {
  curve <- roc(y, d[, j + 1], direction = "<", levels = c(0, 1), quiet = TRUE)
  c(auc(curve), sqrt(var(curve, method = "delong"))) }))["elapsed"]
cat(a, b, paste0(R.version$major, ".", R.version$minor), as.character(packageVersion("pROC")),
  format(c(one, two), digits = 17))
"""


def cohort() -> tuple[np.ndarray, np.ndarray]:
    """Return a response and biomarkers of which the first has an effect."""
    rng = np.random.default_rng(SEED)
    markers = rng.normal(size=(PATIENTS, MARKERS))
    return rng.random(PATIENTS) < 1.0 / (1.0 + np.exp(1.0 - 0.3 * markers[:, 0])), markers


def in_r(response: np.ndarray, markers: np.ndarray) -> list[str]:
    """Return what R prints: seconds of both loops, versions, estimates and errors."""
    columns = {"response": response.astype(int)}
    columns |= {f"m{k}": markers[:, k] for k in range(max(GLM, PROC))}
    with tempfile.TemporaryDirectory() as folder:
        pl.DataFrame(columns).write_csv(Path(folder) / "cohort.csv", float_precision=17)
        done = subprocess.run(
            ["Rscript", "-e", R_SCRIPT % (GLM, PROC)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        print(f"R failed: {done.stderr.strip().splitlines()[-1:]}")
        return []
    return done.stdout.split()


def show(name: str, seconds: float, found: np.ndarray, own: np.ndarray, ours: float) -> None:
    """Print a peer's extrapolated seconds, the ratio and the largest relative difference."""
    whole = seconds * MARKERS / len(found)
    apart = float(np.abs(found / own[: len(found)] - 1.0).max())
    print(
        f"{name:26} {whole:9.2f} s (extrapolated from {len(found)} biomarkers)   "
        f"{whole / ours:7.1f} x ours, largest relative difference of estimate or error {apart:.1e}"
    )


def main() -> None:
    """Time each program that is here; print."""
    response, markers = cohort()
    screen_logistic(response, markers[:, :2])
    screen_auc(response, markers[:, :2])
    start = time.perf_counter()
    models = screen_logistic(response, markers)
    middle = time.perf_counter()
    areas = screen_auc(response, markers)
    fits, walks = middle - start, time.perf_counter() - middle
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{MARKERS} biomarkers, {PATIENTS} patients, {response.sum()} responders")
    print(
        f"macroimmune {version('macroimmune'):14} {fits:9.2f} s logistic models, {walks:.2f} s "
        f"areas; largest memory of the process {peak:.0f} MB"
    )
    words = in_r(response, markers) if shutil.which("Rscript") else []
    if not words:
        print("R glm, R pROC              not measured: needs R with its package pROC")
        return
    values = np.array(words[4:], float).reshape(-1, 2)
    own = np.column_stack([models.coefficients, models.standard_errors])
    show(f"R {words[2]} glm", float(words[0]), values[:GLM], own, fits)
    own = np.column_stack([areas.estimates, areas.standard_errors])
    show(f"R pROC {words[3]}", float(words[1]), values[GLM:], own, walks)


if __name__ == "__main__":
    main()
