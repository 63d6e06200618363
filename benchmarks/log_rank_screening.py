"""5,000 biomarkers of 3,000 patients in log-rank tests beside lifelines and R: seconds, agreement.

Run from the root of the repository: ``python benchmarks/log_rank_screening.py``. Each biomarker is
cut at its median. The peers test a stated subset of the biomarkers; their seconds are extrapolated
and said to be.
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
from macroimmune.statistics import screen_log_rank

PATIENTS, MARKERS, SEED = 3000, 5000, 34
LIFELINES, SURVDIFF, REPEATS = 100, 300, 3
R_SCRIPT = """
d <- as.matrix(read.csv("cohort.csv")); suppressMessages(library(survival))
y <- Surv(d[, "time"], d[, "event"]); x <- d[, -(1:2)]
s <- system.time(found <- apply(x, 2, function(m) survdiff(y ~ m)$chisq))["elapsed"]
cat(s, as.character(packageVersion("survival")), format(found, digits = 17))
"""


def cohort() -> tuple[Survival, np.ndarray]:
    """Return survival in whole days and biomarkers of which the first has an effect."""
    rng = np.random.default_rng(SEED)
    markers = rng.normal(size=(PATIENTS, MARKERS))
    death = rng.exponential(600 * np.exp(-0.3 * markers[:, 0]))
    end = rng.uniform(90, 1500, PATIENTS)
    return Survival(time=np.ceil(np.minimum(death, end)), event=death <= end), markers


def show(name: str, seconds: float, found: np.ndarray, own: np.ndarray, ours: float) -> None:
    """Print a peer's extrapolated seconds, the ratio and the largest relative difference."""
    whole = seconds * MARKERS / found.size
    apart = float(np.abs(found / own[: found.size] - 1.0).max())
    print(
        f"{name:26} {whole:9.2f} s (extrapolated from {found.size} biomarkers)   "
        f"{whole / ours:7.1f} x ours, largest relative difference of the statistic {apart:.1e}"
    )


def lifelines(survival: Survival, above: np.ndarray) -> tuple[float, np.ndarray]:
    """Test the first biomarkers with lifelines; return seconds and statistics."""
    # The peer is optional.
    from lifelines.statistics import logrank_test

    found, start = [], time.perf_counter()
    for high in above.T[:LIFELINES]:
        time_high, time_low = survival.time[high], survival.time[~high]
        test = logrank_test(time_high, time_low, survival.event[high], survival.event[~high])
        found.append(test.test_statistic)
    return time.perf_counter() - start, np.array(found)


def in_r(survival: Survival, above: np.ndarray) -> list[str]:
    """Return what R prints: seconds, version, statistics."""
    columns = {"time": survival.time, "event": survival.event.astype(int)}
    columns |= {f"m{k}": above[:, k].astype(int) for k in range(SURVDIFF)}
    with tempfile.TemporaryDirectory() as folder:
        pl.DataFrame(columns).write_csv(Path(folder) / "cohort.csv", float_precision=17)
        done = subprocess.run(
            ["Rscript", "-e", R_SCRIPT], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        print(f"R failed: {done.stderr.strip().splitlines()[-1:]}")
        return []
    return done.stdout.split()


def main() -> None:
    """Time each program that is here; print."""
    survival, markers = cohort()
    cuts = np.median(markers, axis=0)
    screen_log_rank(survival, markers[:, :2], cuts=cuts[:2])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        screen = screen_log_rank(survival, markers, cuts=cuts)
        taken.append(time.perf_counter() - start)
    ours, peak = float(np.median(taken)), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{MARKERS} biomarkers, {PATIENTS} patients, {survival.n_events} events")
    print(
        f"macroimmune {version('macroimmune'):14} {ours:9.2f} s (median of {REPEATS}); largest "
        f"memory of the process {peak / 1024:.0f} MB, of which {(peak - before) / 1024:.0f} MB by "
        "the screen"
    )
    above = markers > cuts
    if importlib.util.find_spec("lifelines"):
        seconds, found = lifelines(survival, above)
        show(f"lifelines {version('lifelines')}", seconds, found, screen.statistics, ours)
    else:
        print("lifelines                  not installed: make bench installs it")
    words = in_r(survival, above) if shutil.which("Rscript") else []
    if not words:
        print("R survdiff                 not measured: needs R with its package survival")
        return
    found = np.array(words[2:], float)
    show(f"R {words[1]} survdiff", float(words[0]), found, screen.statistics, ours)


if __name__ == "__main__":
    main()
