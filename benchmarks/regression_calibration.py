"""Effects corrected for errors of measurement: how often their intervals hold the true one.

Run from the root of the repository: ``python benchmarks/regression_calibration.py [COHORTS]``;
COHORTS (500 unless given) are drawn in each setting. True values have SD 1 and each person an error
variance of its own, up to 1.7 times the mean and down to 0.3 times. Rates are of nominal 95 %
intervals that hold the true log ratio: the naive Wald interval, the delta interval, ours (Fieller)
and that of 100 resamples of the participants (in the first 100 cohorts of 40). With 500
cohorts the standard error of 0.95 is 0.010, with 100 it is 0.022. ``found`` is the share with
p < 0.05, ``none`` that of cohorts in which people do not differ by more than their errors or the
reliability is too uncertain.
"""

import sys

import numpy as np

from macroimmune.outcomes import Survival
from macroimmune.statistics import corrected_ratio, cox, logistic, regression_calibration

SETTINGS = (
    (40, 0.8, 0.0),
    (40, 0.8, 0.5),
    (40, 0.6, 0.5),
    (100, 0.5, 0.5),
    (200, 0.5, 0.5),
    (200, 0.7, 0.0),
    (200, 0.7, 0.26),
    (200, 0.7, 0.5),
    (200, 0.7, 0.7),
)
RESAMPLES, RESAMPLED_PEOPLE, RESAMPLED_COHORTS, Z = 100, 40, 100, 1.959964


def fitted(kind: str, outcome: tuple[np.ndarray, ...], marker: np.ndarray, rows: np.ndarray):
    """Return the model of the outcome of some rows on a marker of those rows."""
    if kind == "cox":
        return cox(Survival(time=outcome[0][rows], event=outcome[1][rows]), marker)
    return logistic(outcome[0][rows], marker)


def drawn(kind: str, rng: np.random.Generator, effect: float, true: np.ndarray):
    """Return the outcome: times and events, or yes and no."""
    n = true.size
    if kind == "cox":
        time, end = rng.exponential(1.0 / np.exp(effect * true)), rng.uniform(0.3, 2.5, n)
        return np.minimum(time, end), time <= end
    return (rng.random(n) < 1.0 / (1.0 + np.exp(0.7 - effect * true)),)


def resampled(kind, rng, outcome, measured, errors) -> tuple[float, float]:
    """Return the percentiles of corrected effects of resampled participants."""
    found = []
    for _ in range(RESAMPLES):
        rows = rng.integers(0, measured.size, measured.size)
        known = regression_calibration(measured[rows], errors[rows])
        if not known.status:
            fit = fitted(kind, outcome, known.expected, rows)
            if not fit.status:
                found.append(fit.coefficients[0])
    return tuple(np.quantile(found, [0.025, 0.975]))


def setting(kind: str, n: int, reliability: float, effect: float, cohorts: int) -> str:
    """Return the line of one setting."""
    held = {name: [] for name in ("naive", "delta", "ours", "boot")}
    estimates, plain, found, none = [], [], [], 0
    for number in range(cohorts):
        rng = np.random.default_rng([n, int(100 * reliability), int(100 * effect), number])
        true = rng.normal(size=n)
        errors = (1.0 - reliability) / reliability * rng.uniform(0.3, 1.7, n)
        measured = true + rng.normal(size=n) * np.sqrt(errors)
        outcome, everybody = drawn(kind, rng, effect, true), np.arange(n)
        known = regression_calibration(measured, errors)
        if known.status:
            none += 1
            continue
        fit = fitted(kind, outcome, known.expected, everybody)
        naive = fitted(kind, outcome, measured, everybody)
        log_ratio, error = float(fit.coefficients[0]), float(fit.standard_errors[0])
        ratio = corrected_ratio(log_ratio, error, known)
        if ratio.status:
            none += 1
            continue
        reach = Z * np.hypot(error, log_ratio * known.log_scale_error)
        held["ours"].append(ratio.ci_low <= effect <= ratio.ci_high)
        held["delta"].append(abs(log_ratio - effect) <= reach)
        held["naive"].append(abs(naive.coefficients[0] - effect) <= Z * naive.standard_errors[0])
        if n <= RESAMPLED_PEOPLE and number < RESAMPLED_COHORTS:
            low, high = resampled(kind, rng, outcome, measured, errors)
            held["boot"].append(low <= effect <= high)
        estimates.append(log_ratio)
        plain.append(naive.coefficients[0])
        found.append(ratio.p_value < 0.05)
    rates = "  ".join(
        f"{name} {np.mean(these):.3f}" if these else f"{name}     -" for name, these in held.items()
    )
    return (
        f"{kind:8s} n {n:3d}  reliability {reliability:.1f}  true {effect:.2f}  "
        f"naive median {np.median(plain):+.3f}  corrected {np.median(estimates):+.3f}  held: "
        f"{rates}  found {np.mean(found):.3f}  none {none / cohorts:.3f}"
    )


def main() -> None:
    """Print a line for each setting."""
    cohorts = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    for kind in ("cox", "logistic"):
        for n, reliability, effect in SETTINGS:
            print(setting(kind, n, reliability, effect, cohorts), flush=True)


if __name__ == "__main__":
    main()
