"""Gate the FCS files of a large study: seconds, cells per second, memory of all processes.

Run from the root of the repository: ``python benchmarks/gating_many_files.py [FILES] [WORKERS]``.
FILES (25 unless given, 250 for 50 million cells) files of 200,000 events x 39 channels each are
opened, prepared, gated and clustered from first byte to results folder. Ten files are drawn by the
simulator; the others are these ten under other names, because only their number matters here.
"""

import os
import shutil
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import polars as pl

from macroimmune.simulator import StudyPlan, available_workers, write_virtual_study
from macroimmune.simulator.plan import CytometryPlan, VisitPlan
from macroimmune.study import load_study
from macroimmune.workflow.pipeline import run_study
from virtual_cytometry import MemoryWatch

DRAWN, EVENTS = 10, 200_000


def drawn_study(folder: Path) -> Path:
    """Write ten patients with one large file each and return the folder."""
    plan = StudyPlan(
        patients=DRAWN,
        visits=(VisitPlan("baseline", -7, 7, 0.0),),
        cytometry=CytometryPlan(
            is_written=True,
            stimuli=("unstimulated",),
            participants=DRAWN,
            events_per_file=EVENTS,
            bridging_control=False,
        ),
    )
    return write_virtual_study(folder, plan, workers=available_workers()).parent


def many_files(study: Path, count: int) -> None:
    """List `count` files of as many patients, all of them links to the drawn ones."""
    listed = pl.read_csv(study / "cytometry" / "files.csv", infer_schema=False)
    people = pl.read_csv(study / "patients.csv", infer_schema=False)
    rows, patients = [], []
    for number in range(count):
        file = listed.row(number % listed.height, named=True)
        name = f"{number:03d}_{file['File']}"
        path = study / "cytometry" / "fcs" / name
        os.link(study / "cytometry" / "fcs" / file["File"], path)
        rows.append(
            file | {"File": name, "Patient": f"Q{number:03d}", "Sample": f"Q{number:03d}-baseline"}
        )
        patients.append(people.row(number % people.height, named=True))
        patients[-1][people.columns[0]] = f"Q{number:03d}"
    pl.DataFrame(rows).write_csv(study / "cytometry" / "files.csv")
    pl.DataFrame(patients).write_csv(study / "patients.csv")
    keep = {"study.toml", "patients.csv", "cytometry", "plan.toml"}
    for other in study.iterdir():
        if other.name not in keep:
            shutil.rmtree(other) if other.is_dir() else other.unlink()
    (study / "study.toml").write_text(
        'name = "many files"\n[participants]\nfile = "patients.csv"\n'
        f'participant_id = "{people.columns[0]}"\n'
        '[cytometry]\nfile = "cytometry/files.csv"\nfolder = "cytometry/fcs"\n'
        'raw_file = "File"\nsample_id = "Sample"\nparticipant_id = "Patient"\npanel = "Panel"\n'
        'stimulus = "Stimulus"\nbatch = "Batch"\n'
        'days_from_treatment_start = "Day"\n',
        encoding="utf-8",
    )


def main(count: int, workers: int) -> None:
    """Print seconds, cells per second and memory."""
    with tempfile.TemporaryDirectory() as temporary:
        study_folder = drawn_study(Path(temporary) / "study")
        many_files(study_folder, count)
        out = Path(temporary) / "results"
        with MemoryWatch() as memory:
            started = time.perf_counter()
            results = run_study(
                load_study(study_folder),
                out,
                command="benchmark",
                last_stage="gates",
                workers=workers,
            )
            seconds = time.perf_counter() - started
        quality = results.table("cytometry_quality")
        used = quality.filter(pl.col("status") == "used")
        events, cells = int(used["n_events"].sum()), int(used["n_cells"].sum())
        populations = results.table("cell_frequencies")["population"].n_unique()
    print(
        f"macroimmune {version('macroimmune')}: {used.height} of {count} files, {events:,} events, "
        f"{cells:,} live single cells, {populations} populations, {workers} workers\n"
        f"{seconds:.1f} s, {events / seconds:,.0f} events per second, peak {memory.peak_mb:,.0f} "
        "MB of all processes"
    )


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    main(asked[0] if asked else 25, asked[1] if len(asked) > 1 else available_workers())
