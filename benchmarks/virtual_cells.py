"""Draw and write the single-cell RNA of a virtual study: seconds, size and memory.

Run from the root of the repository: ``python benchmarks/virtual_cells.py [WORKERS]``. Eight donors,
two conditions, 2,000 cells each, 3,000 genes; once more in two processes, with the same bytes.
"""

import hashlib
import resource
import sys
import tempfile
import time
from pathlib import Path

from macroimmune.simulator.cells import expression_delivery
from macroimmune.simulator.file_tasks import write_files
from macroimmune.simulator.people import draw_outcomes, draw_people, draw_samples
from macroimmune.simulator.plan import ExpressionPlan, StudyPlan

PLAN = StudyPlan(
    patients=8,
    expression=ExpressionPlan(is_written=True, participants=8, cells_per_well=2000, genes=3000),
)


def digests(folder: Path) -> list[str]:
    """Return the SHA-256 of every file."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def main() -> None:
    """Write with one process and with several, and print what that took."""
    several = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    people = draw_people(PLAN)
    outcomes = draw_outcomes(PLAN, people)
    delivery = expression_delivery(PLAN, people, draw_samples(PLAN, people, outcomes), outcomes)
    found = []
    for workers in (1, several):
        with tempfile.TemporaryDirectory() as name:
            start, used = time.perf_counter(), time.process_time()
            write_files(Path(name), delivery.tasks, workers=workers)
            seconds, cpu = time.perf_counter() - start, time.process_time() - used
            size = sum(path.stat().st_size for path in Path(name).rglob("*.h5ad")) / 1e6
            found.append(digests(Path(name)))
        of_it = f", {cpu:.1f} s of it computing" if workers == 1 else ""
        print(f"{workers} processes: {seconds:.1f} s{of_it}, {size:.0f} MB of h5ad")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"same bytes: {found[0] == found[1]}; largest memory of one process {memory:.0f} MB")


if __name__ == "__main__":
    main()
