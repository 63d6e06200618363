"""Write the FCS files of a large virtual study: seconds, events per second, memory, beside numpy.

Run from the root of the repository: ``python benchmarks/virtual_cytometry.py [FRACTION]
[WORKERS]``. The study has 300 patients x 2 visits x 2 wells of 50,000 events x 39 channels, 60
million events; FRACTION of the patients (0.02 unless given, 1 for all) is written, with the truth
of every event, into a temporary folder that is deleted. Where it is below 1 the seconds of the
whole are extrapolated, and said to be. The peer draws each population with
``Generator.multivariate_normal`` in double precision and writes plain numbers; it has no doublets,
dead cells, drift or truth.
"""

import os
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from macroimmune.simulator.cytometry import cytometry_delivery, panel_of
from macroimmune.simulator.cytometry.event_types import N_LEAVES, event_types
from macroimmune.simulator.file_tasks import FileTask, write_files
from macroimmune.simulator.people import draw_outcomes, draw_people, draw_samples
from macroimmune.simulator.plan import CytometryPlan, StudyPlan, VisitPlan

# A few patients do not live or stay to week 3; of all tubes, 1,200 are taken.
PATIENTS, TUBES, EVENTS, PEER_TUBES = 320, 1_200, 50_000, 8


def study_plan() -> StudyPlan:
    """Return patients with 2 visits and 2 wells of 50,000 events, nothing else."""
    return StudyPlan(
        patients=PATIENTS,
        visits=(VisitPlan("baseline", -7, 7, 0.0), VisitPlan("week 3", 21, 2, 0.0)),
        cytometry=CytometryPlan(
            is_written=True,
            stimuli=("unstimulated", "ifn_early"),
            participants=PATIENTS,
            events_per_file=EVENTS,
            bridging_control=False,
        ),
    )


def tube_tasks() -> tuple[FileTask, ...]:
    """Return the tasks of the whole study."""
    plan = study_plan()
    people = draw_people(plan)
    outcomes = draw_outcomes(plan, people)
    samples = draw_samples(plan, people, outcomes)
    return cytometry_delivery(plan, people, samples, outcomes).tasks[:TUBES]


class MemoryWatch:
    """Follows the memory of this process and of all that it started, each page counted once."""

    def __init__(self) -> None:
        self.peak_mb = float("nan")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "MemoryWatch":
        if Path("/proc/self/smaps_rollup").is_file():
            self.peak_mb = 0.0
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.2):
            self.peak_mb = max(self.peak_mb, _family_mb("self"))


def _family_mb(process: str) -> float:
    """Return the proportional memory of a process and its descendants, 0 of one that has ended."""
    folder = Path("/proc") / process
    try:
        rollup = (folder / "smaps_rollup").read_text()
        children = [
            child
            for task in (folder / "task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return 0.0
    own = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(own.split()[1]) / 1024 + sum(map(_family_mb, children))


def processor_seconds() -> float:
    """Return what this process and those that it started and that ended have used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def peer_tube(folder: Path, number: int) -> None:
    """Draw one tube as one would without thinking of speed, and write it."""
    rng = np.random.default_rng(number)
    types = event_types(panel_of("mass_t_cell"))
    loadings = types.loadings.astype(float)
    correlation = loadings @ loadings.T
    np.fill_diagonal(correlation, 1)
    counts = rng.multinomial(EVENTS, np.full(N_LEAVES, 1 / N_LEAVES))
    drawn = []
    for leaf, count in enumerate(counts):
        spread = types.spread[leaf].astype(float)
        covariance = correlation * np.outer(spread, spread)
        drawn.append(rng.multivariate_normal(types.mean[leaf].astype(float), covariance, count))
    events = 5 * np.sinh(rng.permutation(np.concatenate(drawn)))
    np.maximum(events, 0).astype(np.float32).tofile(folder / f"{number}.bin")


def main() -> None:
    """Write with both; print."""
    fraction = float(sys.argv[1]) if len(sys.argv) > 1 else 0.02
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    tasks = tube_tasks()
    chosen = tasks[: max(1, round(fraction * len(tasks)))]
    channels = len(panel_of("mass_t_cell").channels)
    events = len(chosen) * EVENTS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # The loops are compiled once on a machine, and read from disk after that.
        start = time.perf_counter()
        tasks[-1].run(folder / "first")
        first = time.perf_counter() - start
        with MemoryWatch() as memory:
            start, used = time.perf_counter(), processor_seconds()
            write_files(folder / "ours", chosen, workers=workers)
            seconds, used = time.perf_counter() - start, processor_seconds() - used
        written = sum(path.stat().st_size for path in (folder / "ours").rglob("*.fcs"))
        start = time.perf_counter()
        again = write_files(folder / "ours", chosen, workers=workers)
        resumed = time.perf_counter() - start
        start, peer_used = time.perf_counter(), processor_seconds()
        for number in range(PEER_TUBES):
            peer_tube(folder, number)
        peer, peer_used = time.perf_counter() - start, processor_seconds() - peer_used
    print(
        f"{len(tasks)} FCS files of {EVENTS} events x {channels} channels; written: {len(chosen)}"
    )
    print(f"first file in a new process (compiler, or its result from disk): {first:.1f} s")
    print(
        f"macroimmune {version('macroimmune')}, {workers} processes: {seconds:.1f} s, "
        f"{events / seconds:,.0f} events/s, {written / 1e9:.2f} GB, peak of all processes "
        f"{memory.peak_mb:,.0f} MB"
    )
    print(
        f"processor time: {used:.1f} s, {events / used:,.0f} events per processor second; "
        f"{used / seconds:.2f} processors were to be had"
    )
    print(f"run again, all files there: {again} written, {resumed:.2f} s")
    if len(chosen) < len(tasks):
        whole = seconds * len(tasks) / len(chosen)
        of_processors = used * len(tasks) / len(chosen)
        print(
            f"all {len(tasks)} files, extrapolated: {whole:.0f} s here, {of_processors:.0f} s of "
            "processor time"
        )
    of_peer = PEER_TUBES * EVENTS
    print(
        f"numpy multivariate_normal, float64, {PEER_TUBES} files: {peer:.1f} s, "
        f"{of_peer / peer:,.0f} events/s, {of_peer / peer_used:,.0f} per processor second"
    )


if __name__ == "__main__":
    main()
