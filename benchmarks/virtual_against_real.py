"""Whether a classifier can tell virtual patients from real ones by their blood counts.

Rows of Chowell (patients on immune checkpoint inhibitors), training and test part apart, against
as many virtual rows with the same columns and the same rounding; the model was made from the
summary numbers of the training part. Three classifiers, each with its settings chosen inside the
training folds; the AUC is that of rows never trained on, its interval from resamples of rows, folds
and fits as they are. Where nothing can be told, pooling the scores of folds puts it a little below
0.5. The bar is 0.75 for the best of them. Beside it two controls: real rows against themselves
with columns shuffled (a classifier that is blind to them is no test), and the two real parts
against each other (how far real cohorts differ).

    python benchmarks/virtual_against_real.py [--repeats 3]
"""

import argparse
import sys
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, QuantileTransformer, StandardScaler
from threadpoolctl import threadpool_limits

from macroimmune.errors import InputError
from macroimmune.simulator.calibration import virtual_rows
from macroimmune.workflow.calibration_cohorts import calibration_tables

BAR = 0.75
COLUMNS = ("nlr", "albumin", "haemoglobin", "platelets")
SEED = 20
RESAMPLES = 1000


def classifiers(seed):
    """Return each classifier with its settings to choose from."""
    inner = StratifiedKFold(3, shuffle=True, random_state=seed)

    def chosen(model, grid):
        return GridSearchCV(model, grid, scoring="roc_auc", cv=inner)

    interactions = make_pipeline(
        QuantileTransformer(n_quantiles=200, output_distribution="normal"),
        PolynomialFeatures(2, include_bias=False),
        StandardScaler(),
        LogisticRegression(max_iter=2000),
    )
    return {
        "gradient boosting": chosen(
            HistGradientBoostingClassifier(random_state=seed),
            {"learning_rate": [0.05], "max_leaf_nodes": [4, 15], "max_iter": [50, 150]},
        ),
        "random forest": chosen(
            RandomForestClassifier(200, random_state=seed, n_jobs=1),
            {"min_samples_leaf": [2, 10, 30], "max_features": [2]},
        ),
        "logistic, interactions": chosen(
            interactions, {"logisticregression__C": [0.01, 0.1, 1.0, 10.0]}
        ),
    }


def out_of_fold(first, second, seed):
    """Return per classifier the AUC of rows never trained on, with a 95 % interval."""
    rows = np.concatenate((first, second))
    is_second = np.repeat([False, True], [len(first), len(second)])
    outer = StratifiedKFold(5, shuffle=True, random_state=seed)
    rng = np.random.default_rng(seed)
    for name, model in classifiers(seed).items():
        started = time.perf_counter()
        # On so few rows several threads wait for each other longer than they work.
        with threadpool_limits(1):
            chances = cross_val_predict(model, rows, is_second, cv=outer, method="predict_proba")
        scores = chances[:, 1]
        resampled = []
        for _ in range(RESAMPLES):
            chosen = rng.integers(0, len(rows), len(rows))
            resampled.append(roc_auc_score(is_second[chosen], scores[chosen]))
        low, high = np.quantile(resampled, [0.025, 0.975])
        yield name, roc_auc_score(is_second, scores), low, high, time.perf_counter() - started


def compare(title, first, second, seed):
    """Print the classifiers of one comparison and return their AUCs."""
    print(f"\n{title}: {len(first)} against {len(second)} rows", flush=True)
    found = {}
    for name, auc, low, high, seconds in out_of_fold(first, second, seed):
        print(f"  {name:24s} AUC {auc:.3f} [{low:.3f}-{high:.3f}]  {seconds:5.1f} s", flush=True)
        found[name] = auc
    return found


def main() -> None:
    """Print every AUC; exit code 1 where the best classifier is above the bar."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=3, help="fresh virtual rows and folds")
    repeats = parser.parse_args().repeats
    try:
        tables = {table.cohort: table.frame for table in calibration_tables()}
    except InputError as error:
        print(f"left out, because the cohorts are not on this machine: {error}")
        return
    real = {
        name: tables[name].select(COLUMNS).to_numpy() for name in ("chowell_train", "chowell_test")
    }
    found = {}
    for number, (cohort, rows) in enumerate(real.items()):
        for repeat in range(repeats):
            rng = np.random.default_rng([SEED, number, repeat])
            virtual = virtual_rows(cohort, len(rows), rng=rng).select(COLUMNS).to_numpy()
            title = f"{cohort} against virtual rows, repeat {repeat + 1}"
            for name, auc in compare(title, rows, virtual, SEED + repeat).items():
                found.setdefault((cohort, name), []).append(auc)
    rng = np.random.default_rng([SEED, 1000])
    train = real["chowell_train"]
    shuffled = np.stack([rng.permutation(column) for column in train.T], axis=1)
    compare("control: chowell_train against its own columns shuffled", train, shuffled, SEED)
    compare("control: chowell_train against chowell_test", train, real["chowell_test"], SEED)
    print("\nmean of repeats")
    for (cohort, name), values in found.items():
        print(f"  {cohort:14s} {name:24s} {np.mean(values):.3f}")
    best = max(float(np.mean(values)) for values in found.values())
    print(f"best classifier {best:.3f}, bar {BAR}")
    if best > BAR:
        sys.exit(1)


if __name__ == "__main__":
    main()
