"""Does the resting state predict the response? Immune cells of 18 pregnant women, three times each.

Run from the root of the repository, with MACROIMMUNE_DATA set:
``python benchmarks/pre_encoded_response.py``. The file gives 24 cell types x 4 conditions x 10
phospho-proteins, z-scored over all 54 samples; it does not say whether the levels after a stimulus
are levels or differences from the unstimulated ones, so that is looked at first.
"""

import time
import warnings

import numpy as np
import polars as pl
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNetCV
from sklearn.model_selection import LeaveOneGroupOut

from macroimmune.datasets import locate
from macroimmune.statistics import NestedRidge, nested_ridge

RESPONSE, SEED = "CD4+Tcells_mem.IFNa100.STAT1", 35
PERMUTATIONS = 1000


def levels() -> pl.DataFrame:
    """Return a row per sample, women together and in the order of pregnancy."""
    path = locate("ien_stimulation") / "stim_features_z.csv.gz"
    return pl.read_csv(path).sort("foldid", "gestational_week")


def names(table: pl.DataFrame, condition: str) -> list[str]:
    """Return the columns of a condition."""
    return [name for name in table.columns if f".{condition}." in name]


def told(what: str, found: NestedRidge, features: list[str], seconds: float) -> None:
    """Print an analysis and what carries it."""
    print(
        f"{what}: R2 {found.r_squared:.3f} [{found.ci_low:.3f}, {found.ci_high:.3f}], correlation "
        f"{found.correlation:.2f}, p {found.p_value:.3g} (median R2 of permutations "
        f"{found.null_r_squared:.3f}), {found.n_groups} women, {found.n} samples, "
        f"{found.n_predictors} predictors, {seconds:.1f} s"
    )
    order = np.argsort(-found.importance)[:5]
    listed = ", ".join(f"{features[at]} {found.importance[at]:.3f}" for at in order)
    print(f"   shuffling costs most R2 for: {listed}")


def resting_state(table: pl.DataFrame, response: str) -> None:
    """Print how far unstimulated levels predict a response, three ways."""
    unstimulated = names(table, "Unstim")
    cell, _, marker = response.split(".")
    sets = {
        "all unstimulated levels": unstimulated,
        "without the same marker of the same cells": [
            name for name in unstimulated if name != f"{cell}.Unstim.{marker}"
        ],
        "without the same marker": [
            name for name in unstimulated if not name.endswith(f".{marker}")
        ],
        "that marker of those cells alone": [f"{cell}.Unstim.{marker}"],
    }
    for what, features in sets.items():
        start = time.perf_counter()
        found = nested_ridge(
            table.select(features).to_numpy(),
            table[response].to_numpy(),
            table["foldid"].to_numpy(),
            permutations=PERMUTATIONS,
            interval=True,
            rng=np.random.default_rng(SEED),
        )
        told(f"{response} from {what}", found, features, time.perf_counter() - start)


def levels_or_differences(table: pl.DataFrame) -> None:
    """Print how levels after a stimulus go with the unstimulated ones."""
    for condition in ("IFNa100", "IL100", "LPS100"):
        r = [
            np.corrcoef(table[name], table[name.replace(condition, "Unstim")])[0, 1]
            for name in names(table, condition)
        ]
        low, middle, high = np.quantile(r, [0.1, 0.5, 0.9])
        print(
            f"{condition} with the same unstimulated level: correlation {middle:.2f} in the median "
            f"of {len(r)}, 10th to 90th percentile {low:.2f} to {high:.2f}"
        )
    same = RESPONSE.replace("IFNa100", "Unstim")
    print(f"{RESPONSE} with {same}: {np.corrcoef(table[RESPONSE], table[same])[0, 1]:.2f}")


def gestational_week(table: pl.DataFrame) -> None:
    """Print how elastic nets of all levels, a woman left out at a time, predict the week."""
    x = table.drop("foldid", "gestational_week").to_numpy()
    week, women = table["gestational_week"].to_numpy(), table["foldid"].to_numpy()
    # Shares of the absolute penalty: one with as much of either, one near to ridge.
    for share in (0.5, 0.1):
        start, predicted = time.perf_counter(), np.empty(week.size)
        for train, test in LeaveOneGroupOut().split(x, week, women):
            inner = list(LeaveOneGroupOut().split(x[train], week[train], women[train]))
            model = ElasticNetCV(l1_ratio=share, alphas=40, eps=1e-2, cv=inner, max_iter=2000)
            predicted[test] = model.fit(x[train], week[train]).predict(x[test])
        errors = np.sum((week - predicted) ** 2) / np.sum((week - week.mean()) ** 2)
        print(
            f"gestational week by elastic net of {x.shape[1]} levels (ElasticNetCV, l1_ratio "
            f"{share}, strength within the other women): R "
            f"{np.corrcoef(week, predicted)[0, 1]:.3f}, R2 {1 - errors:.3f}, "
            f"{time.perf_counter() - start:.0f} s"
        )


def main() -> None:
    """Print everything."""
    # The smallest penalties of a path need more steps; they are not the ones that are chosen.
    warnings.simplefilter("ignore", ConvergenceWarning)
    table = levels()
    levels_or_differences(table)
    resting_state(table, RESPONSE)
    gestational_week(table)


if __name__ == "__main__":
    main()
