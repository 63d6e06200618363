"""1,000 bootstrap concordances of 3,000 patients beside lifelines and R: seconds, agreement.

Run from the root of the repository: ``python benchmarks/concordance_bootstrap.py``.
The peers do a stated subset of the samples; their seconds are extrapolated and said to be.
"""

import importlib.util
import shutil
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.outcomes import Survival
from macroimmune.statistics import bootstrap_concordance

PATIENTS, SAMPLES, SUBSET, SEED = 3000, 1000, 40, 21
R_SCRIPT = """
d <- read.csv("cohort.csv"); rows <- as.matrix(read.csv("rows.csv")) + 1
suppressMessages(library(survival))
s <- system.time(found <- apply(rows, 2, function(r) concordance(
  Surv(time, event) ~ marker, d[r, ], reverse = TRUE)$concordance))["elapsed"]
cat(s, as.character(packageVersion("survival")), format(found, digits = 17))
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


def drawn_rows() -> list[np.ndarray]:
    """Return the rows of the first samples, as the same seed gives them to ours."""
    rng = np.random.default_rng(SEED)
    return [rng.integers(0, PATIENTS, PATIENTS) for _ in range(SUBSET)]


def show(name: str, seconds: float, found: np.ndarray, own: np.ndarray, ours: float) -> None:
    """Print a peer's extrapolated seconds, the ratio and the largest difference."""
    whole = seconds * SAMPLES / SUBSET
    apart = float(np.abs(found - own[:SUBSET]).max())
    print(
        f"{name:24} {whole:9.2f} s (extrapolated from {SUBSET} samples)   {whole / ours:7.0f} x "
        f"ours, largest difference {apart:.1e}"
    )


def main() -> None:
    """Time each program that is here; print."""
    frame, rng = cohort(), np.random.default_rng(SEED)
    times, event = frame["time"].to_numpy(), frame["event"].to_numpy()
    marker = frame["marker"].to_numpy()
    survival = Survival(time=times, event=event == 1)
    bootstrap_concordance(survival, marker, replicates=1, rng=np.random.default_rng(0))
    start = time.perf_counter()
    own = bootstrap_concordance(survival, marker, replicates=SAMPLES, rng=rng)
    ours = time.perf_counter() - start
    print(f"{SAMPLES} bootstrap concordances, {PATIENTS} patients, {event.sum()} events")
    print(f"macroimmune {version('macroimmune'):12} {ours:9.3f} s")
    if importlib.util.find_spec("lifelines"):
        # The peer is optional.
        from lifelines.utils import concordance_index

        start = time.perf_counter()
        found = [concordance_index(times[r], -marker[r], event[r]) for r in drawn_rows()]
        seconds = time.perf_counter() - start
        show(f"lifelines {version('lifelines')}", seconds, np.array(found), own, ours)
    else:
        print("lifelines                not installed: make bench installs it")
    if shutil.which("Rscript") is None:
        print("R concordance            not installed: R with its package survival")
        return
    with tempfile.TemporaryDirectory() as folder:
        frame.write_csv(Path(folder) / "cohort.csv", float_precision=17)
        rows = {f"r{k}": r for k, r in enumerate(drawn_rows())}
        pl.DataFrame(rows).write_csv(Path(folder) / "rows.csv")
        done = subprocess.run(
            ["Rscript", "-e", R_SCRIPT], cwd=folder, capture_output=True, text=True, check=False
        )
    words = done.stdout.split()
    if done.returncode or len(words) != SUBSET + 2:
        print(f"R concordance            failed: {done.stderr.strip().splitlines()[-1:]}")
        return
    show(f"R survival {words[1]}", float(words[0]), np.array(words[2:], float), own, ours)


if __name__ == "__main__":
    main()
