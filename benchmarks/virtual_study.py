"""Write the demo's virtual study, 60 patients with every kind of raw file; print seconds and size.

Run from the root of the repository: ``python benchmarks/virtual_study.py [patients]``. The truth of
effects is made from 100,000 generated patients, so that the seconds do not depend on whether the
models of a million are shipped for the plan.
"""

import dataclasses
import os
import platform
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from macroimmune.simulator import available_workers, draw_virtual_study, write_virtual_study
from macroimmune.workflow.demo import demo_plan

TARGET_SECONDS = 60.0


def main() -> None:
    """Time the drawing and the writing, and list what was written."""
    patients = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    plan = dataclasses.replace(demo_plan(patients, 2021), truth_patients=100_000)
    workers = available_workers()
    print(f"{platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    start = time.perf_counter()
    draw_virtual_study(plan)
    print(f"tables drawn in {time.perf_counter() - start:.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        path = write_virtual_study(Path(folder) / "study", plan, workers=workers)
        seconds = time.perf_counter() - start
        sizes: Counter[str] = Counter()
        for file in path.parent.rglob("*"):
            if file.is_file():
                sizes[file.relative_to(path.parent).parts[0]] += file.stat().st_size
    for name, size in sizes.most_common(8):
        print(f"  {size / 1e6:8.2f} MB  {name}")
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor = sum(one.ru_utime + one.ru_stime for one in used)
    print(
        f"{patients} patients, {sum(sizes.values()) / 1e6:.0f} MB in {seconds:.1f} s on {workers} "
        f"processes ({processor:.1f} s of processor, with imports), "
        f"{max(one.ru_maxrss for one in used) / 1024:.0f} MB; asked for: {TARGET_SECONDS:.0f} s"
    )


if __name__ == "__main__":
    main()
