"""What pairs of wells cost beside gating: seconds of one core per file, and per pair.

Run from the root of the repository: ``python benchmarks/paired_wells.py [EVENTS]``. Three virtual
patients with an unstimulated well and two stimulated ones of EVENTS (200,000 unless given) events x
41 channels are measured as they are, and once more as nine samples of which none has a partner.
"""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import polars as pl

from macroimmune.cytometry import MeasuredCytometry, measure_cytometry
from macroimmune.simulator import StudyPlan, available_workers, write_virtual_study
from macroimmune.simulator.plan import CytometryPlan, VisitPlan
from macroimmune.study import Study, load_study


def drawn_study(folder: Path, events: int) -> Study:
    """Return a study of nine wells of three patients."""
    plan = StudyPlan(
        patients=3,
        visits=(VisitPlan("baseline", -7, 7, 0.0),),
        cytometry=CytometryPlan(
            is_written=True,
            stimuli=("unstimulated", "ifn_early", "ifn_late"),
            participants=3,
            events_per_file=events,
            bridging_control=False,
        ),
    )
    return load_study(write_virtual_study(folder, plan, workers=available_workers()).parent)


def without_partners(study: Study) -> Study:
    """Return the study with a donor of its own for every well."""
    alone = study.tables["cytometry"].with_columns(
        participant_id=pl.col("raw_file"), sample_id=pl.col("raw_file")
    )
    return replace(study, tables={**study.tables, "cytometry": alone})


def seconds(study: Study, work: Path) -> tuple[float, MeasuredCytometry]:
    """Return the seconds of one core, and what was measured."""
    started = time.process_time()
    found = measure_cytometry(study, work)
    return time.process_time() - started, found


def main(events: int) -> None:
    """Print seconds with and without pairs."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        study = drawn_study(folder / "study", events)
        # What is compiled and imported once is no part of either.
        seconds(study, folder / "first")
        alone, _ = seconds(without_partners(study), folder / "alone")
        paired, found = seconds(study, folder / "paired")
        pairs = found.tables["stimulation_pairs"].height
        rows = found.tables["stimulation_responses"].height
        # The looks are done: what is left is the comparison of the wells, and the tables.
        again, _ = seconds(study, folder / "paired")
        tables, _ = seconds(without_partners(study), folder / "alone")
    compared = again - tables
    files = study.tables["cytometry"].height
    print(
        f"{files} files of {events:,} events: {alone:.1f} s of one core without partners, "
        f"{paired:.1f} s with {pairs} pairs ({rows:,} responses)\n"
        f"per file {(paired - alone - compared) / files:.2f} s more than "
        f"{(alone - tables) / files:.2f} s, and {compared / pairs:.2f} s per pair"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
