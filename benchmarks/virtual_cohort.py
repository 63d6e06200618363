"""Run virtual cohorts: time for 1,000 patients, memory for many, and a kill in between.

Run from the root of the repository: ``python benchmarks/virtual_cohort.py [patients]``. The second
number of patients, 10,000 if not given, is that of the long cohort, which is killed once and goes
on; its tables are compared with those of a run that was not stopped and had one process fewer.
"""

import filecmp
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from macroimmune.mechanism.scenarios import Intervention, Scenario
from macroimmune.mechanism.virtual_patients import CohortPlan, run_cohort

TARGET_SECONDS = 25.0
TABLES = ("patients.parquet", "courses.parquet", "outcomes.csv", "flow.csv", "arms.csv")
# 400 days from the start of treatment, kept weekly, scanned every 8 weeks, dosed every 3 weeks.
SCENARIO = Scenario(
    "anti-G-CSF",
    species="human",
    tumour="generic",
    days=400,
    interventions=(Intervention("anti_GCSF", day=0, every=21, times=19),),
)
_RUN = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from virtual_cohort import peak_of_all, plan
from macroimmune.mechanism.virtual_patients import run_cohort
if __name__ == "__main__":
    run_cohort(plan(int(sys.argv[2])), Path(sys.argv[3]), workers=int(sys.argv[4]))
    print(peak_of_all())
"""


def plan(patients: int) -> CohortPlan:
    """Return the plan of the benchmark."""
    return CohortPlan(SCENARIO, patients=patients, seed=2021, days=tuple(range(0, 401, 7)))


def peak_of_all() -> str:
    """Return the peak memory of this process and of the largest that it started, in MB."""
    import resource

    own, started = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return f"{own:.0f} MB, each process that runs patients at most {started:.0f} MB"


def started(patients: int, out: Path, workers: int) -> "subprocess.Popen[str]":
    """Start a cohort in a process group of its own."""
    script = out.parent / "run.py"
    script.write_text(_RUN)
    command = [sys.executable, str(script), str(Path(__file__).parent), str(patients), str(out)]
    return subprocess.Popen(
        [*command, str(workers)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def main() -> None:
    """Time the small cohort, then kill and finish the large one."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"{platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        begin, used = time.perf_counter(), os.times()
        run_cohort(plan(1000), place / "thousand", workers=2)
        seconds, after = time.perf_counter() - begin, os.times()
        processor = sum(after[:4]) - sum(used[:4])
        print(
            f"1,000 patients over {SCENARIO.days:g} days on 2 processes: {seconds:.1f} s, "
            f"{processor:.1f} s of processor, with imports; asked for: {TARGET_SECONDS:.0f} s"
        )
        whole(many, place)


def whole(many: int, place: Path) -> None:
    """Kill a cohort when a third of it is done, finish it, and compare it with one run through."""
    stopped, through = place / "stopped", place / "through"
    parts = -(-many // 25)
    running = started(many, stopped, 2)
    while running.poll() is None and len(list(stopped.glob("unfinished/patients-*"))) < parts // 3:
        time.sleep(0.2)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    done = len(list(stopped.glob("unfinished/patients-*")))
    print(f"killed after {done} of {parts} parts of {many} patients")
    begin = time.perf_counter()
    told = started(many, stopped, 2).communicate()[0].strip()
    print(f"the rest on 2 processes in {time.perf_counter() - begin:.1f} s; peak {told}")
    told = started(many, through, 1).communicate()[0].strip()
    same = all(filecmp.cmp(stopped / name, through / name, shallow=False) for name in TABLES)
    size = sum((through / name).stat().st_size for name in TABLES) / 1e6
    print(f"on 1 process without a stop: peak {told}; {size:.1f} MB of tables")
    print("the tables are the same" if same else "THE TABLES DIFFER")
    if not same:
        sys.exit(1)


if __name__ == "__main__":
    main()
