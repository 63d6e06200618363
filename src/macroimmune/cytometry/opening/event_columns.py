"""The events of a file, read in blocks by several threads, into transformed columns."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.opening.arcsinh_loops import large_shift
from macroimmune.cytometry.opening.event_loops import transform_rows
from macroimmune.cytometry.opening.linear_scale import LinearStep
from macroimmune.cytometry.opening.opening_plan import OpeningPlan
from macroimmune.errors import FormatError
from macroimmune.formats import FcsHead
from macroimmune.formats.fcs_blocks import fill_events, rows_per_block

__all__ = ["EventBuffer", "fill_columns", "usual_threads"]

# A block that a core keeps in its own cache between reading and transforming it.
_BLOCK_BYTES = 1_000_000
# Below it a thread costs more than it saves.
_BYTES_PER_THREAD = 4_000_000
_MOST_THREADS = 8


@dataclass(slots=True, eq=False)
class EventBuffer:
    """Memory for the events of one file after the other.

    The values of `Events` that were opened into it are overwritten by the next file.
    """

    memory: NDArray[np.float32] | None = None

    def columns(self, n_channels: int, n_events: int) -> NDArray[np.float32]:
        """Return an array of shape (channels, events), order C; it grows where it must."""
        size = n_channels * n_events
        if self.memory is None or self.memory.size < size:
            self.memory = np.empty(size, np.float32)
        return self.memory[:size].reshape(n_channels, n_events)


def usual_threads() -> int:
    """Return how many threads one file takes: the cores of this process, at most 8."""
    usable = getattr(os, "sched_getaffinity", None)
    return min(_MOST_THREADS, len(usable(0)) if usable else os.cpu_count() or 1)


def fill_columns(
    path: Path, head: FcsHead, plan: OpeningPlan, columns: NDArray[np.float32], n_threads: int
) -> int:
    """Read, compensate and transform all events; return how many values are missing.

    Parameters
    ----------
    path : Path
    head : FcsHead
    plan : OpeningPlan
        A channel whose transform is logicle stays linear here.
    columns : float32 array, shape (channels, events), order C
    n_threads : int
        At most; small files take fewer.

    Raises
    ------
    FormatError
        If the file became shorter, or cannot be opened any more.
    """
    n_bytes = head.n_events * head.layout.event_bytes
    n_parts = max(1, min(n_threads, n_bytes // _BYTES_PER_THREAD))
    edges = [head.n_events * part // n_parts for part in range(n_parts + 1)]
    parts = list(zip(edges[:-1], edges[1:], strict=True))
    if n_parts == 1:
        return _fill_part(path, head, plan, columns, *parts[0])
    with ThreadPoolExecutor(n_parts) as pool:
        tasks = [pool.submit(_fill_part, path, head, plan, columns, *part) for part in parts]
        return sum(task.result() for task in tasks)


def _fill_part(
    path: Path,
    head: FcsHead,
    plan: OpeningPlan,
    columns: NDArray[np.float32],
    first: int,
    stop: int,
) -> int:
    cofactors = [one.cofactor if one.kind == "arcsinh" else 0.0 for one in plan.transforms]
    inverses = np.array([1.0 / one if one else 0.0 for one in cofactors], np.float32)
    shifts = np.array([large_shift(1.0 / one) if one else 0.0 for one in cofactors], np.float32)
    compensation = plan.compensation
    rows = min(rows_per_block(head.layout, _BLOCK_BYTES), max(stop - first, 1))
    block = np.empty((rows, head.layout.n_channels), head.layout.result)
    n_missing = 0
    try:
        with path.open("rb", buffering=0) as stream:
            for start in range(first, stop, rows):
                part = block[: min(rows, stop - start)]
                fill_events(stream, head.layout, head.extent, start, part, path.name)
                _make_linear(part, plan.steps)
                n_missing += transform_rows(
                    part, plan.columns, inverses, shifts,
                    compensation.columns, compensation.inverse, columns, start,
                )  # fmt: skip
    except OSError as error:
        msg = f"{path}: cannot be read any more ({error.strerror}); try again"
        raise FormatError(msg) from error
    return n_missing


def _make_linear(events: NDArray[np.float32 | np.float64], steps: tuple[LinearStep, ...]) -> None:
    # Values that are no numbers, or grow too large, are counted as missing afterwards.
    with np.errstate(all="ignore"):
        for step in steps:
            column = events[:, step.channel]
            if step.decades:
                exponent = column.astype(np.float64) * (step.decades / step.top)
                column[:] = step.zero * 10.0**exponent
            else:
                column /= step.gain
