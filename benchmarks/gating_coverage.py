"""How often the intervals of automatic gates hold the share that virtual files were drawn from.

Run with ``python -m benchmarks.gating_coverage [files] [events]`` in the root of the repository.
Prints, for each panel, scenario and population above 0.5 % of live single cells: the files, how
often the interval holds the share of the parent that the cells were drawn from (nominal: 0.95) and
that of the cells in the file (which has no error of counting: above 0.95), the mean and SD of the
error, and the mean half width of the interval and of that of counting alone; errors and widths in
percent of the parent.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from tests.recovery.gated_tubes import NOT_HELD, PANELS, SCENARIOS, drawn_tubes, is_held, rows


def report(title: str, found: dict[str, np.ndarray]) -> None:
    """Print one row per population."""
    print(title)
    head = ("files", "held", "in file", "true %", "error %", "SD", "half width", "counting")
    print(f"  {'':22}" + "".join(f"{name:>11}" for name in head))
    for name, row in found.items():
        error = 100 * (row[:, 2] - row[:, 0])
        halves = [50 * np.mean(row[:, high] - row[:, high - 1]) for high in (4, 6)]
        values = (
            is_held(row).mean(), is_held(row, 1).mean(), 100 * row[:, 0].mean(), error.mean(),
            error.std(), *halves,
        )  # fmt: skip
        print(f"  {name:22}{len(row):>11}" + "".join(f"{value:11.3f}" for value in values))
    every = np.concatenate([is_held(row) for row in found.values()])
    print(f"  all: {every.mean():.3f} of {len(every)}")


def main(n_files: int, n_events: int) -> None:
    """Print every panel in every scenario, and each panel in all of them together."""
    for panel in PANELS:
        together: dict[str, list[np.ndarray]] = {}
        for scenario in SCENARIOS:
            if scenario == "spillover" and panel.startswith("mass"):
                continue
            with tempfile.TemporaryDirectory() as folder:
                tubes = list(drawn_tubes(Path(folder), panel, scenario, n_files, n_events))
            found = rows(tubes)
            report(f"{panel}, {scenario}", found)
            for name, row in found.items():
                together.setdefault(name, []).append(row)
        report(f"{panel}, all", {name: np.concatenate(row) for name, row in together.items()})
        for (of_panel, name), (rate, reason) in NOT_HELD.items():
            if of_panel == panel:
                print(f"  {name}: expected {rate:.2f}; {reason}")


if __name__ == "__main__":
    main(*(int(one) for one in (sys.argv[1:] + ["10", "15000"][len(sys.argv) - 1 :])))
