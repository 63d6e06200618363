"""Differential abundance: type I errors and power beside rank tests, quasi-binomial models, edgeR.

Run from the root of the repository: ``python benchmarks/differential_abundance.py [RUNS]``; RUNS
populations (400 unless given) in each setting, of 0.05, 0.5 or 10 % of the cells. Totals vary about
fivefold between samples; shares vary between donors by a log-normal or beta law. Rates are of
p < 0.05; with 400 runs the standard error of 0.05 is 0.011. Power is at twice the odds. The peers
are the rank tests that are in common use, statsmodels' quasi-binomial model, and edgeR's
quasi-likelihood test (type I errors alone) where Rscript finds it. At the end, the real counts of
eight people with and without interferon (``kang_ifnb``).
"""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy import special, stats

from macroimmune.cytometry.differential_abundance import AbundanceCounts, differential_abundance
from macroimmune.statistics import overdispersed_logistic

SHARES, EFFECT = (0.0005, 0.005, 0.1), np.log(2.0)
EDGER = """
suppressMessages(library(edgeR))
folder <- commandArgs(TRUE)[1]
y <- as.matrix(read.csv(file.path(folder, "counts.csv"), header = FALSE))
n <- scan(file.path(folder, "totals.csv"), quiet = TRUE)
x <- as.matrix(read.csv(file.path(folder, "design.csv"), header = FALSE))
d <- DGEList(y, lib.size = n)
d <- estimateDisp(d, x, trend.method = "none")
p <- glmQLFTest(glmQLFit(d, x, robust = TRUE, abundance.trend = FALSE), coef = 2)$table$PValue
write(p, file.path(folder, "p.csv"), ncolumns = 1)
cat(as.character(packageVersion("edgeR")))
"""


def drawn(
    rng: np.random.Generator,
    design: str,
    n: int,
    effect: float,
    of_shares: tuple[float, ...] = SHARES,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return counts, totals, donors and groups of one population in 2 n samples."""
    is_second = np.arange(2 * n) >= n
    totals = np.exp(rng.normal(np.log(8000), 0.8, 2 * n)).astype(int) + 200
    base = special.logit(rng.choice(of_shares)) + effect * is_second
    if design == "paired":
        donor = np.tile(np.arange(n), 2)
        shares = special.expit(base + rng.normal(0, 0.7, n)[donor] + rng.normal(0, 0.25, 2 * n))
    elif design == "log-normal":
        donor = np.arange(2 * n)
        shares = special.expit(base + rng.normal(0, 0.6, 2 * n))
    else:
        donor = np.arange(2 * n)
        mean = special.expit(base)
        concentration = np.maximum(1 / (0.36 * mean) - 1, 3.0)
        shares = rng.beta(mean * concentration, (1 - mean) * concentration)
    return rng.binomial(totals, shares), totals, donor, is_second


def our_p(cells: np.ndarray, totals: np.ndarray, donor: np.ndarray, second: np.ndarray) -> float:
    """Return the p-value that a study gets."""
    files = tuple(map(str, range(len(cells))))
    counts = AbundanceCounts(files, ("1",), cells[:, None], totals[:, None])
    donors = dict(zip(files, map(str, donor + 1), strict=True))
    groups = dict(zip(files, np.where(second, "b", "a").tolist(), strict=True))
    return differential_abundance(counts, donors, groups, ("a", "b"))[0].p_value


def rank_p(cells: np.ndarray, totals: np.ndarray, donor: np.ndarray, second: np.ndarray) -> float:
    """Return Wilcoxon's p: rank sum, or signed rank of pairs."""
    shares = cells / totals
    if len(set(donor)) < len(donor):
        return float(stats.wilcoxon(shares[second] - shares[~second]).pvalue)
    return float(stats.mannwhitneyu(shares[~second], shares[second]).pvalue)


def design_matrix(donor: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return intercept, group, and an indicator of each donor but one where there are pairs."""
    columns = [np.ones(len(donor)), second]
    if len(set(donor)) < len(donor):
        columns += [donor == one for one in sorted(set(donor))[1:]]
    return np.column_stack(columns).astype(float)


def quasi_p(cells: np.ndarray, totals: np.ndarray, donor: np.ndarray, second: np.ndarray) -> float:
    """Return the p of a quasi-binomial model, dispersion by Pearson, NaN where it has none."""
    import statsmodels.api as sm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = sm.GLM(
                cells / totals,
                design_matrix(donor, second),
                sm.families.Binomial(),
                var_weights=totals,
            )
            return float(model.fit(scale="X2", use_t=True).pvalues[1])
        except (np.linalg.LinAlgError, ValueError):
            return float("nan")


def indicator_p(
    cells: np.ndarray, totals: np.ndarray, donor: np.ndarray, second: np.ndarray
) -> float:
    """Return the p of over-dispersed logistic regression with an indicator for each donor."""
    design = design_matrix(donor, second)[:, 1:]
    return float(overdispersed_logistic(cells, totals, design).p_values[1])


def edger_p(draws: list[tuple[np.ndarray, ...]]) -> np.ndarray | None:
    """Return edgeR's p-values of populations that share their samples' totals, None without it."""
    if shutil.which("Rscript") is None:
        return None
    _, totals, donor, second = draws[0]
    with tempfile.TemporaryDirectory() as folder:
        np.savetxt(f"{folder}/counts.csv", [one[0] for one in draws], "%d", ",")
        np.savetxt(f"{folder}/totals.csv", totals, "%d")
        np.savetxt(f"{folder}/design.csv", design_matrix(donor, second), "%g", ",")
        command = ["Rscript", "-e", EDGER, folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return None
        return np.loadtxt(f"{folder}/p.csv")


def of_same_samples(
    rng: np.random.Generator, design: str, n: int, runs: int
) -> list[tuple[np.ndarray, ...]]:
    """Return populations without a difference, of the same samples."""
    first = drawn(rng, design, n, 0.0)
    draws = []
    for _ in range(runs):
        cells, totals, donor, second = drawn(rng, design, n, 0.0)
        draws.append((rng.binomial(first[1], cells / totals), first[1], donor, second))
    return draws


def rates(p: np.ndarray) -> str:
    """Return the share of p below 0.05 among those that are there, and how many are not."""
    gone = np.isnan(p)
    missing = f" ({100 * gone.mean():.0f} % none)" if gone.any() else ""
    return f"{(p[~gone] < 0.05).mean():.3f}{missing}"


def table(runs: int) -> None:
    """Print type I errors and power of each design."""
    for design, n in (
        ("log-normal", 6),
        ("beta", 6),
        ("log-normal", 10),
        ("beta", 10),
        ("paired", 8),
    ):
        for effect, title in ((0.0, "type I"), (EFFECT, "power")):
            rng = np.random.default_rng(7)
            draws = [drawn(rng, design, n, effect) for _ in range(runs)]
            each = {
                "macroimmune": np.array([our_p(*one) for one in draws]),
                "Wilcoxon": np.array([rank_p(*one) for one in draws]),
                f"quasi-binomial, statsmodels {version('statsmodels')}": np.array([
                    quasi_p(*one) for one in draws
                ]),
            }
            if design == "paired":
                each["a logistic model with donors as indicators"] = np.array([
                    indicator_p(*one) for one in draws
                ])
            # edgeR borrows between populations; if all of them moved, it would see nothing.
            by_r = None if effect else edger_p(of_same_samples(rng, design, n, runs))
            if by_r is not None:
                each["edgeR"] = by_r
            shown = "; ".join(f"{name} {rates(p)}" for name, p in each.items())
            print(f"{design:10} {n:2} v {n:2} {title:6}: {shown}", flush=True)


def pairs_by_share(runs: int) -> None:
    """Print type I errors within pairs, where shares are small and where they are not."""
    for share in SHARES:
        rng = np.random.default_rng(3)
        draws = [drawn(rng, "paired", 8, 0.0, (share,)) for _ in range(runs)]
        ours, indicators = (
            rates(np.array([each(*one) for one in draws])) for each in (our_p, indicator_p)
        )
        print(
            f"8 pairs, {100 * share:g} % of the cells, type I: macroimmune {ours}; a logistic "
            f"model with donors as indicators {indicators}",
            flush=True,
        )


def kang() -> None:
    """Print the pairs of kang_ifnb."""
    folder = Path(os.environ.get("MACROIMMUNE_DATA", "no folder named")) / "kang_ifnb"
    if not folder.is_dir():
        print("\nkang_ifnb: absent; MACROIMMUNE_DATA names a folder that holds it")
        return
    with (folder / "kang_cell_counts_8_donors.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    kinds = [name for name in rows[0] if name not in {"ind", "stim", "multiplets", "StimStatus"}]
    cells = np.array([[int(row[kind]) for kind in kinds] for row in rows])
    totals = np.repeat(cells.sum(axis=1)[:, None], len(kinds), axis=1)
    files = tuple(map(str, range(len(rows))))
    donors, groups = (
        {file: row[name] for file, row in zip(files, rows, strict=True)} for name in ("ind", "stim")
    )
    counts = AbundanceCounts(files, tuple(kinds), cells, totals)
    second = np.array([row["stim"] == "stim" for row in rows])
    print("\nkang_ifnb, interferon v control, 8 pairs: odds ratio [95 %], p, q; Wilcoxon's p")
    found = differential_abundance(counts, donors, groups, ("ctrl", "stim"))
    for place, one in enumerate(found):
        names = [row["ind"] for row in rows]
        donor = np.array([sorted(set(names)).index(name) for name in names])
        order = np.lexsort((donor, second))
        by_rank = rank_p(cells[order, place], totals[order, place], donor[order], second[order])
        print(
            f"  {one.name:18} {one.odds_ratio:5.2f} [{one.ci_low:.2f}, {one.ci_high:.2f}]  "
            f"{one.p_value:.3f}  {one.q_value:.3f}; {by_rank:.3f}"
        )


def main() -> None:
    """Print everything."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    table(runs)
    pairs_by_share(runs)
    kang()


if __name__ == "__main__":
    main()
