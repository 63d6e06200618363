"""Cox regression of one marker beside lifelines and R's coxph: seconds and agreement.

Run from the root of the repository: ``python benchmarks/cox_peers.py``. A peer that is not
installed is said to be missing; `make bench` installs lifelines.
"""

import importlib.util
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.outcomes import Survival
from macroimmune.statistics import cox

PATIENTS, SEED, REPEATS = 3000, 11, 5
R_SCRIPT = """
d <- read.csv("cohort.csv"); library(survival)
t <- sapply(1:5, function(i) system.time(f <<- coxph(
  Surv(time, event) ~ marker, d, ties = "efron"))["elapsed"])
cat(format(c(coef(f), sqrt(vcov(f)), median(t)), digits = 17), as.character(getRversion()))
"""


def cohort() -> pl.DataFrame:
    """Return one marker with an effect, whole days and random censoring."""
    rng = np.random.default_rng(SEED)
    marker = rng.normal(size=PATIENTS)
    death = rng.exponential(600 * np.exp(-0.3 * marker))
    end = rng.uniform(90, 1500, PATIENTS)
    return pl.DataFrame({
        "time": np.ceil(np.minimum(death, end)),
        "event": (death <= end).astype(int),
        "marker": marker,
    })


def timed(fit: Callable[[], tuple[float, float]]) -> tuple[float, float, float]:
    """Return coefficient, standard error and the median of the seconds."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        found = fit()
        seconds.append(time.perf_counter() - start)
    return (*found, float(np.median(seconds)))


def ours(frame: pl.DataFrame) -> tuple[float, float]:
    """Fit with macroimmune."""
    survival = Survival(frame["time"].to_numpy(), frame["event"].to_numpy() == 1)
    fit = cox(survival, frame["marker"].to_numpy())
    return float(fit.coefficients[0]), float(fit.standard_errors[0])


def lifelines(frame: pl.DataFrame) -> tuple[float, float]:
    """Fit with lifelines."""
    # The peer is optional.
    import pandas
    from lifelines import CoxPHFitter

    data = pandas.DataFrame(frame.to_dict(as_series=False))
    fit = CoxPHFitter().fit(data, "time", "event")
    return float(fit.params_["marker"]), float(fit.standard_errors_["marker"])


def show(name: str, found: tuple[float, float, float], own: tuple[float, float, float]) -> None:
    """Print a program's seconds and how far its numbers are from ours."""
    apart = max(abs(found[k] / own[k] - 1) for k in (0, 1))
    print(
        f"{name:22} {1000 * found[2]:8.1f} ms   coefficient {found[0]:.10f}, standard error "
        f"{found[1]:.10f}, largest relative difference {apart:.1e}"
    )


def main() -> None:
    """Fit with each program that is here; print."""
    frame = cohort()
    print(f"Cox model of one marker, {PATIENTS} patients, {frame['event'].sum()} events")
    own = timed(lambda: ours(frame))
    show(f"macroimmune {version('macroimmune')}", own, own)
    if importlib.util.find_spec("lifelines") and importlib.util.find_spec("pandas"):
        show(f"lifelines {version('lifelines')}", timed(lambda: lifelines(frame)), own)
    else:
        print("lifelines              not installed: make bench installs it")
    if shutil.which("Rscript") is None:
        print("R coxph                not installed: R with its package survival")
        return
    with tempfile.TemporaryDirectory() as folder:
        frame.write_csv(Path(folder) / "cohort.csv", float_precision=17)
        done = subprocess.run(
            ["Rscript", "-e", R_SCRIPT], cwd=folder, capture_output=True, text=True, check=False
        )
    words = done.stdout.split()
    if done.returncode or len(words) != 4:
        print(f"R coxph                failed: {done.stderr.strip().splitlines()[-1:]}")
        return
    show(f"R {words[3]} coxph", (float(words[0]), float(words[1]), float(words[2])), own)


if __name__ == "__main__":
    main()
