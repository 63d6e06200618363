"""Write the repertoires of a virtual study; print seconds per step and size.

Run from the root of the repository: ``python benchmarks/virtual_repertoires.py [patients]``. Two
blood draws of each patient, 50,000 templates and 400,000 reads each at the median, no biopsy and no
10x. CPU seconds are what one core would need alone; the wall clock also tells of other work.
"""

import os

# Before polars is imported: one core.
os.environ.setdefault("POLARS_MAX_THREADS", "1")

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.simulator.file_tasks import write_files
from macroimmune.simulator.people import draw_outcomes, draw_people, draw_samples
from macroimmune.simulator.plan import RepertoiresPlan, StudyPlan
from macroimmune.simulator.repertoires import MANIFEST, draw_receptors, repertoires_delivery


def timed(what: str, work):
    """Run, print CPU and wall seconds, return what came."""
    start, start_cpu = time.perf_counter(), time.process_time()
    found = work()
    cpu, wall = time.process_time() - start_cpu, time.perf_counter() - start
    print(f"{what}: {cpu:.2f} s CPU, {wall:.2f} s wall")
    return found


def main() -> None:
    """Draw receptors, then write the files of all patients in this process."""
    patients = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    draw_receptors(100, "TRB", rng=np.random.default_rng(1))  # compiled once, not timed
    timed(
        "100,000 TRB chains",
        lambda: draw_receptors(100_000, "TRB", rng=np.random.default_rng(2)),
    )
    plan = StudyPlan(
        patients=patients,
        repertoires=RepertoiresPlan(
            is_written=True,
            visits=("baseline", "week 3"),
            biopsied=0.0,
            single_cell_participants=0,
        ),
    )
    people = draw_people(plan)
    outcomes = draw_outcomes(plan, people)
    samples = draw_samples(plan, people, outcomes)
    delivery = timed(
        "which files there will be", lambda: repertoires_delivery(plan, people, samples, outcomes)
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = len(delivery.tables[MANIFEST])
        timed(
            f"{patients} patients, {files} AIRR files and truth",
            lambda: write_files(folder, delivery.tasks),
        )
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        one = pl.read_csv(folder / delivery.tables[MANIFEST]["File"][0], separator="\t")
        print(
            f"{size / 1e6:.0f} MB; first file {len(one):,} clonotypes, "
            f"{one['duplicate_count'].sum():,} templates, {one['consensus_count'].sum():,} reads"
        )


if __name__ == "__main__":
    main()
