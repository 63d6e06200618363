"""Read and transform a folder of FCS files beside FlowKit and flowio: seconds and agreement.

Run from the root of the repository: ``python benchmarks/fcs_transform.py [FILES] [EVENTS]``. The
goal is 100 files of 200,000 events x 40 channels in single precision: ten different files are
written and each is read ten times, from memory of the operating system. Slow peers are timed on
fewer files and multiplied, which is printed. A peer that is not installed is said to be missing;
`make bench` installs them.
"""

import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

from macroimmune.cytometry.opening import EventBuffer, open_events
from macroimmune.formats import FcsHeading, read_fcs, write_fcs

CHANNELS, SEED, DISTINCT, REPEATS = 40, 5, 10, 3
COFACTOR = 5.0
# Peers that take long: how many of the files they read.
SUBSET = 8
SUM = "sum of the mapped files"


def write_files(folder: Path, n_events: int) -> list[Path]:
    """Write files that look like mass cytometry: zeros and skewed positive intensities."""
    rng = np.random.default_rng(SEED)
    first = {"Nd": 142, "Sm": 147, "Gd": 152, "Dy": 157, "Er": 162}
    names = [f"{metal}{mass + k}Di" for metal, mass in first.items() for k in range(8)]
    paths = [folder / f"{number}.fcs" for number in range(DISTINCT)]
    for path in paths:
        events = rng.exponential(30, (n_events, CHANNELS)).astype(np.float32)
        events[rng.random(events.shape, np.float32) < 0.3] = 0
        write_fcs(path, events, FcsHeading(names, names))
    return paths


def ours(path: Path, buffer: EventBuffer, n_threads: int) -> np.ndarray:
    """Open with macroimmune into memory that is used again."""
    return open_events(path, n_threads=n_threads, buffer=buffer).values


def own_memory(path: Path) -> np.ndarray:
    """Open with macroimmune into memory of its own for every file."""
    return open_events(path).values


def mapped_sum(path: Path) -> np.ndarray:
    """Add all values of a file where they stand: every byte is touched once."""
    return np.asarray(read_fcs(path, is_memory_mapped=True).events.sum())


def mapped_arcsinh(path: Path) -> np.ndarray:
    """Transform with numpy from the mapped file, as a skilled user would."""
    return np.arcsinh(read_fcs(path, is_memory_mapped=True).events / np.float32(COFACTOR))


def flowio(path: Path) -> np.ndarray:
    """Read with flowio and transform with numpy."""
    # The peer is optional.
    import flowio

    with path.open("rb") as stream:
        return np.arcsinh(flowio.FlowData(stream).as_array() / COFACTOR)


def flowkit(path: Path) -> np.ndarray:
    """Read with FlowKit and transform with its arcsinh."""
    # The peer is optional.
    import flowkit

    sample = flowkit.Sample(path)
    # asinh(x * sinh(M ln 10) / T) / (M ln 10), with A = 0: T and M for the cofactor.
    decades = 4.0
    scale = flowkit.transforms.AsinhTransform(
        COFACTOR * np.sinh(decades * np.log(10)), decades, 0.0
    )
    sample.apply_transform(scale)
    return sample.get_events(source="xform") * (decades * np.log(10))


def timed(
    read: Callable[[Path], np.ndarray], paths: list[Path], repeats: int
) -> tuple[float, float]:
    """Return the least of the seconds, by the clock and of all processors together."""
    seconds, processor = [], []
    for _ in range(repeats):
        start, worked = time.perf_counter(), time.process_time()
        for path in paths:
            read(path)
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - worked)
    return min(seconds), min(processor)


def programs() -> list[tuple[str, Callable[[Path], np.ndarray], bool]]:
    """Return name, what it does with a file, and whether it is read on the subset."""
    buffer, single = EventBuffer(), EventBuffer()
    ours_name = f"macroimmune {version('macroimmune')}"
    found: list[tuple[str, Callable[[Path], np.ndarray], bool]] = [
        (SUM, mapped_sum, False),
        (
            f"{ours_name}, reused memory",
            lambda path: ours(path, buffer, os.cpu_count() or 1),
            False,
        ),
        (f"{ours_name}, one thread", lambda path: ours(path, single, 1), False),
        (f"{ours_name}, own memory", own_memory, False),
        (f"mapped + numpy {version('numpy')}", mapped_arcsinh, True),
    ]
    for name, read in (("flowio", flowio), ("flowkit", flowkit)):
        if importlib.util.find_spec(name) is None:
            print(f"{name:34} not installed: make bench installs it")
        else:
            words = "flowio {} + numpy" if name == "flowio" else "FlowKit {}"
            found.append((words.format(version(name)), read, True))
    return found


def say_ratios(seconds: dict[str, tuple[float, float]]) -> None:
    """Print how the others stand to files opened into reused memory."""
    clock, worked = next(taken for name, taken in seconds.items() if "reused" in name)
    for name, (other_clock, other_worked) in seconds.items():
        if name != SUM and not name.startswith("macroimmune"):
            ratios = f"{other_clock / clock:6.1f} (processors {other_worked / worked:.1f})"
            print(f"{ratios} times as fast as {name}")
    ratios = f"{clock / seconds[SUM][0]:6.1f} (processors {worked / seconds[SUM][1]:.1f})"
    print(f"{ratios} times what the {SUM} takes")


def main() -> None:
    """Read with each program that is here; print."""
    n_files = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    n_events = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        distinct = write_files(Path(folder), n_events)
        paths = (distinct * (n_files // DISTINCT + 1))[:n_files]
        size = sum(path.stat().st_size for path in paths)
        print(
            f"{n_files} FCS files ({DISTINCT} different), {n_events} events, {CHANNELS} channels, "
            f"{size / 1e9:.1f} GB, {os.cpu_count()} cores"
        )
        truth = np.arcsinh(read_fcs(paths[0]).events.astype(float) / COFACTOR)
        seconds: dict[str, tuple[float, float]] = {}
        for name, read, is_slow in programs():
            result = read(paths[0])
            apart = np.abs(result - truth).max() if result.shape == truth.shape else np.nan
            chosen = paths[:SUBSET] if is_slow else paths
            repeats = 1 if name.startswith("FlowKit") else REPEATS
            share = n_files / len(chosen)
            clock, worked = (share * taken for taken in timed(read, chosen, repeats))
            seconds[name] = (clock, worked)
            said = "" if np.isnan(apart) else f"furthest from double precision {apart:.1e}"
            note = f"   ({len(chosen)} files, multiplied)" if len(chosen) < n_files else ""
            times = f"{clock:8.2f} s by the clock {worked:8.2f} s of processors"
            print(f"{name:34} {times}   {said}{note}", flush=True)
        say_ratios(seconds)


if __name__ == "__main__":
    main()
