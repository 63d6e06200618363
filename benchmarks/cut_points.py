"""Cut-points of 5,000 biomarkers with shared permutations beside R maxstat: seconds, agreement.

Below it the bootstrap of the cut, 1,000 resamples, of one biomarker and of 100.

Run from the root of the repository: ``python benchmarks/cut_points.py``. R does a stated subset of
the biomarkers with 1,000 permutations each; its seconds are extrapolated and said to be.
"""

import shutil
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.outcomes import Survival
from macroimmune.statistics import bootstrap_cut_points, screen_cut_points

MARKERS, PERMUTATIONS, SUBSET, SEED = 5000, 10_000, 10, 12
RESAMPLES, RESAMPLED = 1000, 100
R_SCRIPT = """
d <- as.matrix(read.csv("cohort.csv")); suppressMessages({library(survival); library(maxstat)})
y <- Surv(d[, "time"], d[, "event"]); x <- d[, -(1:2)]; set.seed(1)
s <- system.time(found <- apply(x, 2, function(m) {
  f <- maxstat.test(y ~ m, data.frame(m = m), smethod = "LogRank", pmethod = "condMC", B = 1000)
  c(f$statistic, f$estimate, f$p.value) }))[c("elapsed", "user.self")]
cat(s, as.character(packageVersion("maxstat")), format(found, digits = 17))
"""


def in_r(survival: Survival, markers: np.ndarray) -> list[str]:
    """Return what R prints: seconds, of processor, version, then statistic, cut and p of each."""
    columns = {"time": survival.time, "event": survival.event.astype(int)}
    columns |= {f"m{k}": markers[:, k] for k in range(SUBSET)}
    with tempfile.TemporaryDirectory() as folder:
        pl.DataFrame(columns).write_csv(Path(folder) / "cohort.csv", float_precision=17)
        done = subprocess.run(
            ["Rscript", "-e", R_SCRIPT], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        print(f"R failed: {done.stderr.strip().splitlines()[-1:]}")
        return []
    return done.stdout.split()


def resample(survival: Survival, markers: np.ndarray, rng: np.random.Generator) -> None:
    """Time the bootstrap of the cut; print."""
    for size in (1, RESAMPLED):
        chosen = markers[:, :size]
        screen = screen_cut_points(survival, chosen, permutations=100, rng=rng)
        if size == 1:
            bootstrap_cut_points(survival, chosen, screen, resamples=100, rng=rng)
        start = time.perf_counter()
        bootstrap_cut_points(survival, chosen, screen, resamples=RESAMPLES, rng=rng)
        seconds = time.perf_counter() - start
        print(f"bootstrap of the cut, {size:4} biomarkers {seconds:9.2f} s, {RESAMPLES} resamples")


def compare(patients: int) -> None:
    """Time both programs on a cohort of this size; print."""
    rng = np.random.default_rng(SEED)
    markers = rng.normal(size=(patients, MARKERS))
    death = rng.exponential(np.exp(-0.3 * markers[:, 0]))
    end = rng.exponential(2.0, patients)
    survival = Survival(time=np.minimum(death, end), event=death <= end)
    screen_cut_points(survival, markers[:, :2], permutations=10, rng=rng)
    start, cpu_start = time.perf_counter(), time.process_time()
    screen = screen_cut_points(survival, markers, permutations=PERMUTATIONS, rng=rng)
    ours, cpu = time.perf_counter() - start, time.process_time() - cpu_start
    print(f"{MARKERS} biomarkers, {patients} patients, {survival.n_events} events")
    print(
        f"macroimmune {version('macroimmune'):8} {ours:9.2f} s ({cpu:.2f} s of processor), "
        f"{PERMUTATIONS} permutations"
    )
    resample(survival, markers, rng)
    words = in_r(survival, markers) if shutil.which("Rscript") else []
    if not words:
        print("R maxstat            not measured: needs R with its package maxstat")
        return
    values = np.array(words[3:], float).reshape(SUBSET, 3)
    whole, whole_cpu = (float(word) * MARKERS / SUBSET for word in words[:2])
    apart = np.abs(values[:, 0] / screen.statistics[:SUBSET] - 1.0).max()
    same = int(np.isclose(values[:, 1], screen.cuts[:SUBSET]).sum())
    p_apart = np.abs(values[:, 2] - screen.p_permutation[:SUBSET]).max()
    print(
        f"R maxstat {words[2]:10} {whole:9.0f} s (extrapolated from {SUBSET} biomarkers), 1000 "
        f"permutations   {whole / ours:6.0f} x ours, {whole_cpu / cpu:.0f} x in time of "
        "processor; largest relative difference of the statistic "
        f"{apart:.1e}, {same} of {SUBSET} cuts equal, largest difference of p {p_apart:.3f} "
        "(standard error of R's up to 0.016)"
    )


def main() -> None:
    """Compare at two sizes of cohort."""
    for patients in (300, 3000):
        compare(patients)


if __name__ == "__main__":
    main()
