"""Run a study of 3,000 patients x 500 features from its files; print seconds, memory and size.

Run from the root of the repository: ``python benchmarks/run_large_study.py [patients features]``.
The study is one wide CSV with made-up proteins, of which a tenth have an effect; the command is
the one that a user types, in a process of its own. Its peak memory is that of the operating
system's accounting.
"""

import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

SEED = 7
FOLLOW_UP_DAYS = 1500.0


def write_study(folder: Path, patients: int, features: int) -> None:
    """Write patients.csv and study.toml."""
    rng = np.random.default_rng(SEED)
    levels = rng.normal(size=(patients, features))
    effects = np.where(np.arange(features) % 10 == 0, 0.1, 0.0)
    risk = levels @ effects
    death = rng.exponential(600 * np.exp(-risk))
    progression_or_death = np.minimum(rng.exponential(250 * np.exp(-risk)), death)
    censored = rng.uniform(90, FOLLOW_UP_DAYS, patients)
    columns: dict[str, object] = {"ID": [f"P{number}" for number in range(patients)]}
    for name, event_times in (("OS", death), ("PFS", progression_or_death)):
        columns[f"{name} days"] = np.minimum(event_times, censored).round(1)
        columns[f"{name} event"] = (event_times <= censored).astype(int)
    columns["Response"] = (rng.random(patients) < 1 / (1 + np.exp(0.8 + risk))).astype(int)
    for number in range(features):
        columns[f"Protein {number}"] = np.exp2(5 + levels[:, number]).round(4)
    pl.DataFrame(columns).write_csv(folder / "patients.csv")
    wide = "\n".join(
        f'"Protein {number}" = {{ column = "Protein {number}", unit = "pg/mL" }}'
        for number in range(features)
    )
    (folder / "study.toml").write_text(
        f"""name = "benchmark"
file = "patients.csv"
participant_id = "ID"

[outcomes]
os_time_days = "OS days"
os_event = {{ column = "OS event", true = ["1"], false = ["0"] }}
pfs_time_days = "PFS days"
pfs_event = {{ column = "PFS event", true = ["1"], false = ["0"] }}
response = {{ column = "Response", true = ["1"], false = ["0"] }}

[analysis]
endpoints = ["os", "pfs", "response"]

[proteins.wide]
{wide}
""",
        encoding="utf-8",
    )


def main() -> None:
    """Write, run, measure, print."""
    patients, features = (int(word) for word in sys.argv[1:3]) if len(sys.argv) > 2 else (3000, 500)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "study").mkdir()
        write_study(folder / "study", patients, features)
        command = [sys.executable, "-m", "macroimmune.cli", "run", "study", "--out", "results"]
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, env=os.environ)
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
        page = (folder / "results" / "report.html").stat().st_size / 1e6
        tests = pl.read_csv(folder / "results" / "ledger.csv").height
    print(f"{patients} patients x {features} features x 3 endpoints: {tests} tests")
    print(f"macroimmune run  {seconds:.1f} s, peak memory {peak:.2f} GB, report {page:.2f} MB")
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, "
        + ", ".join(f"{name} {version(name)}" for name in ("macroimmune", "numpy", "polars"))
    )


if __name__ == "__main__":
    main()
