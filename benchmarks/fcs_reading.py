"""Read and arcsinh-transform a folder of FCS files beside flowio: seconds and agreement.

Run from the root of the repository: ``python benchmarks/fcs_reading.py [FILES]``. Each file has
100,000 events of 40 channels. A peer that is not installed is said to be missing; `make bench`
installs flowio.
"""

import importlib.util
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

from macroimmune.formats import FcsHeading, read_fcs, write_fcs

EVENTS, CHANNELS, SEED, REPEATS = 100_000, 40, 5, 3


def write_files(folder: Path, count: int) -> list[Path]:
    """Write files that look like mass cytometry: zeros and skewed positive intensities."""
    rng = np.random.default_rng(SEED)
    names = [f"Metal{k}Di" for k in range(CHANNELS)]
    paths = [folder / f"{number}.fcs" for number in range(count)]
    for path in paths:
        events = rng.exponential(30, (EVENTS, CHANNELS)).astype(np.float32)
        events[rng.random(events.shape) < 0.3] = 0
        write_fcs(path, events, FcsHeading(names, names))
    return paths


def ours(path: Path) -> np.ndarray:
    """Read with macroimmune."""
    return read_fcs(path).events


def mapped(path: Path) -> np.ndarray:
    """Leave the events in the file until they are used."""
    return read_fcs(path, is_memory_mapped=True).events


def flowio(path: Path) -> np.ndarray:
    """Read with flowio as its users do."""
    # The peer is optional.
    import flowio

    with path.open("rb") as stream:
        return flowio.FlowData(stream).as_array(preprocess=False)


def transformed(read: Callable[[Path], np.ndarray], paths: list[Path]) -> float:
    """Return the sum of arcsinh(x / 5) over all files, so that every number is used."""
    return sum(float(np.arcsinh(read(path) / 5).sum(dtype=float)) for path in paths)


def timed(
    work: Callable[[Callable[[Path], np.ndarray], list[Path]], float],
    read: Callable[[Path], np.ndarray],
    paths: list[Path],
) -> tuple[float, float]:
    """Return what comes out and the least of the seconds."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        found = work(read, paths)
        seconds.append(time.perf_counter() - start)
    return found, min(seconds)


def read_only(read: Callable[[Path], np.ndarray], paths: list[Path]) -> float:
    """Return the number of events, read but not transformed."""
    return float(sum(len(read(path)) for path in paths))


def main() -> None:
    """Read with each program that is here; print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    programs = {
        f"macroimmune {version('macroimmune')}": ours,
        "  memory mapped": mapped,
    }
    has_flowio = importlib.util.find_spec("flowio") is not None
    if has_flowio:
        programs[f"flowio {version('flowio')}"] = flowio
    with tempfile.TemporaryDirectory() as folder:
        paths = write_files(Path(folder), count)
        print(f"{count} FCS files, {EVENTS} events, {CHANNELS} channels")
        own = transformed(ours, paths[:1])
        for name, read in programs.items():
            same = np.array_equal(read(paths[0]), ours(paths[0]))
            apart = abs(transformed(read, paths[:1]) / own - 1)
            _, reading = timed(read_only, read, paths)
            _, both = timed(transformed, read, paths)
            print(
                f"{name:20} read {1000 * reading:8.1f} ms   read + arcsinh {1000 * both:8.1f} ms   "
                f"events {'equal to the bit' if same else 'differ'}, sum apart {apart:.1e}"
            )
    if not has_flowio:
        print("flowio               not installed: make bench installs it")


if __name__ == "__main__":
    main()
