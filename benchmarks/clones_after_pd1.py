"""Clones of a basal cell carcinoma before and after anti-PD1: shares over 50 seeds, as published.

Run from the root of the repository: ``python benchmarks/clones_after_pd1.py [seeds]``. Published
for basal cell carcinoma under anti-PD1: 68 % of CD8 clones are novel, 84 % of novel clones have
markers of exhaustion, 35.5 % of them are found in blood, 11.8 % before therapy. Beside the model:
two biopsies of day 0 (what depth alone makes novel), the untreated tumour, other depths of the
study, fewer and more bystanders and clones, and other numbers of the tumour's own CD8 cells.
"""

import sys
import time
from dataclasses import replace

import numpy as np
import polars as pl

from macroimmune.mechanism.acceptance import plans_of, scored_claims
from macroimmune.mechanism.acceptance.needs import needed_run
from macroimmune.mechanism.clones import (
    PUBLISHED_SHARES,
    CloneSettings,
    SamplingDepth,
    clonal_run,
    clone_engine,
    novel_shares,
)
from macroimmune.mechanism.clones.run_totals import CLONE_FLOWS, SUBSETS
from macroimmune.mechanism.scenarios import run_scenario

DAY = 60.0
PUBLISHED = {
    "novel_share": 68.0,
    "exhausted_share": 84.0,
    "blood_share": 35.5,
    "earlier_blood_share": 11.8,
}


def course(*, treated: bool) -> pl.DataFrame:
    """Return the course of the tumour that the claims on these shares are read in."""
    of_claims = [
        claim for claim in scored_claims() if (claim.observable, "tumour") in PUBLISHED_SHARES
    ]
    (plan,) = plans_of(of_claims[:1], 1).values()
    if isinstance(plan, str):
        sys.exit(plan)
    scenario = needed_run(plan.needs[0].scenario, plan.needs)
    if not treated:
        scenario = replace(scenario, interventions=())
    run = run_scenario(scenario, engine=clone_engine())
    if run.status:
        sys.exit(run.status)
    return run.course


def shares(
    run: pl.DataFrame, settings: CloneSettings, seeds: int, *, later: float = DAY
) -> np.ndarray:
    """Return the four shares in percent, a row per seed."""
    found = []
    for seed in range(seeds):
        clones = clonal_run(run, seed, days=(0.0, DAY), settings=settings)
        bloods = clones.blood(0.0), clones.blood(later, 1)
        both = clones.biopsy(0.0), clones.biopsy(later, 1)
        one = novel_shares(*both, bloods, settings.depth.least_cells)
        found.append([100.0 * getattr(one, name) for name in PUBLISHED])
    return np.array(found)


def line(name: str, found: np.ndarray) -> str:
    """Return mean and 95 % range over seeds of each share."""
    parts = []
    for values in found.T:
        sound = values[np.isfinite(values)]
        if len(sound) == 0:
            parts.append("none".rjust(20))
            continue
        low, high = np.quantile(sound, [0.025, 0.975])
        parts.append(f"{sound.mean():6.1f} [{low:5.1f}-{high:5.1f}]".rjust(20))
    return f"{name:38s}" + "".join(parts)


def scaled(run: pl.DataFrame, by: float) -> pl.DataFrame:
    """Return the run with so many times the CD8 cells that recognise the tumour."""
    own = [name for name in CLONE_FLOWS if name != "treg_to_tumour"]
    return run.with_columns(pl.col(*SUBSETS, *own) * by)


def main() -> None:
    """Print the shares."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    few = max(seeds // 5, 3)
    treated, untreated = course(treated=True), course(treated=False)
    settings = CloneSettings()
    clonal_run(treated, 0, settings=settings)
    begin = time.process_time()
    clones = clonal_run(treated, 0, settings=settings)
    spent, number = time.process_time() - begin, len(clones.history.founded)
    print(f"one patient: {spent:.2f} s CPU, {number} clones")
    last = treated.filter(pl.col("day") == DAY)
    for name in ("Tum", *SUBSETS):
        print(f"  {name:8s} {last[name][0]:12.6f} x 10^9 on day {DAY:g}")
    print(" " * 38 + "".join(name.removesuffix("_share").rjust(20) for name in PUBLISHED))
    print("published".ljust(38) + "".join(f"{value:20.1f}" for value in PUBLISHED.values()))
    print(line(f"model, {seeds} seeds", model := shares(treated, settings, seeds)))
    print(line("two biopsies of day 0", shares(treated, settings, few, later=0.0)))
    print(line("untreated", shares(untreated, settings, few)))
    ratios = np.nanmean(model, axis=0) / np.array(list(PUBLISHED.values()))
    print("model / published".ljust(38) + "".join(f"{ratio:20.2f}" for ratio in ratios))
    for cells in (200, 2_000):
        other = replace(settings, depth=SamplingDepth(tumour_cells=cells))
        print(line(f"{cells} cells of a biopsy", shares(treated, other, few)))
    for templates in (15_000, 1_000_000):
        other = replace(settings, depth=SamplingDepth(blood_templates=templates))
        print(line(f"{templates} templates of blood", shares(treated, other, few)))
    for least in (1, 3):
        other = replace(settings, depth=SamplingDepth(least_cells=least))
        print(line(f"clones of {least} or more cells", shares(treated, other, few)))
    for share in (0.3, 0.7):
        other = replace(settings, bystander_share=share)
        print(line(f"{share:g} of CD8 cells bystanders", shares(treated, other, few)))
    for clones_most in (300, 3_000):
        other = replace(settings, most_clones=clones_most)
        print(line(f"at most {clones_most} clones", shares(treated, other, few)))
    for by in (0.1, 10.0, 100.0, 1_000.0):
        print(line(f"{by:g} x cells that recognise", shares(scaled(treated, by), settings, few)))


if __name__ == "__main__":
    main()
