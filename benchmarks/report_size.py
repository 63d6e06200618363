"""Write the report of a made-up study of 500 biomarkers; print seconds, size and load time.

Run from the root of the repository: ``python benchmarks/report_size.py [biomarkers]``. The load
time is Chromium's own navigation timing of the file (load event end), the median of three starts
with an empty profile.
"""

import os
import platform
import re
import runpy
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from macroimmune.report import write_figures, write_report

ROOT = Path(__file__).resolve().parents[1]
PROBE = """<script>addEventListener("load",()=>setTimeout(()=>{
const t=performance.getEntriesByType("navigation")[0];
document.documentElement.dataset.probe=[t.responseEnd,t.domInteractive,t.loadEventEnd].join(" ");
},0));</script>"""
CHROMIUM = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--window-size=1200,900",
)  # fmt: skip


def load_milliseconds(page: Path) -> tuple[float, ...]:
    """Return response end, DOM ready and load event end of `page`, from its navigation timing."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "probe.html"
        text = page.read_text(encoding="utf-8")
        copy.write_text(text.replace("</body>", f"{PROBE}</body>"), encoding="utf-8")
        command = [*CHROMIUM, f"--user-data-dir={folder}/profile", "--dump-dom", copy.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r'data-probe="([^"]+)"', done.stdout)
    if found is None:
        msg = "Chromium gave no navigation timing"
        raise RuntimeError(msg)
    return tuple(float(part) for part in found[1].split())


def main() -> None:
    """Build, write, load, print."""
    n_features = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    made_up = runpy.run_path(str(ROOT / "tests" / "report" / "synthetic_results.py"))
    with tempfile.TemporaryDirectory() as folder:
        results = made_up["write_synthetic_results"](
            Path(folder) / "results", n_features=n_features, n_participants=300
        )
        start, start_cpu = time.perf_counter(), time.process_time()
        page = write_report(results)
        seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
        start = time.perf_counter()
        n_figures = write_figures(results, Path(folder) / "figures")
        figure_seconds = time.perf_counter() - start
        sizes = {
            name: (results / name).stat().st_size / 1e6
            for name in ("report.html", "results.json", "tables.xlsx")
        }
        loads = sorted(load_milliseconds(page)[-1] for _ in range(3))
    browser = subprocess.run(
        ["chromium", "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    print(f"{n_features} biomarkers x 3 endpoints, 300 participants, {n_figures} figures")
    print(f"write_report   {seconds:.1f} s ({cpu:.1f} s of processor)")
    print(f"write_figures  {figure_seconds:.1f} s")
    for name, size in sizes.items():
        print(f"{name:14} {size:.2f} MB")
    print(f"load           {statistics.median(loads):.0f} ms ({loads[0]:.0f} to {loads[-1]:.0f})")
    print(f"load average   {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(
        f"Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in ("polars", "jinja2", "xlsxwriter"))
        + f", {browser}"
    )


if __name__ == "__main__":
    main()
