"""What univariable models see in patients generated without end: one row per model."""

from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.outcomes import Survival
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.truth.generated import GeneratedPatients, generate_patients
from macroimmune.simulator.truth.relevant import relevant_key
from macroimmune.statistics.screening_cox import screen_cox
from macroimmune.statistics.screening_logistic import screen_logistic
from macroimmune.statistics.stratified_logistic import stratified_logistic_slopes

__all__ = [
    "MODEL_COLUMNS",
    "TREATMENT",
    "fit_models",
    "has_shipped_models",
    "univariable_models",
]

Values = NDArray[np.float64]
Slopes = tuple[Values, Values]

# In the place of a feature: the arm itself against the first one.
TREATMENT = "treatment"
MODEL_COLUMNS = pl.Schema({
    "feature": pl.String(),
    "endpoint": pl.String(),
    "arm": pl.String(),
    "log_ratio": pl.Float64(),
    "standard_error": pl.Float64(),
    "unit": pl.Float64(),
})
# Features fitted at a time: so many doubles per patient are held beside the generated ones.
_BLOCK = 16


def univariable_models(plan: StudyPlan) -> pl.DataFrame:
    """Return the univariable models of every feature and endpoint under a plan.

    Parameters
    ----------
    plan : StudyPlan

    Returns
    -------
    models : polars DataFrame
        `feature` (or `treatment`), `endpoint`, `arm` (empty: all arms, each with its own baseline),
        `log_ratio` and `standard_error` per `unit` of the scaled feature.

    Notes
    -----
    Convention: Cox with Efron ties, logistic regression; true values, without error of measurement.
    The plan that is the default has its models shipped, fitted in R to a million patients by
    `reference/virtual_cohort_truth/run.sh`; any other plan generates its own.
    """
    shipped = _shipped(relevant_key(plan))
    return fit_models(generate_patients(plan), plan) if shipped is None else shipped


def has_shipped_models(plan: StudyPlan) -> bool:
    """Tell whether the truth of a plan comes with the package and needs no fit."""
    return _shipped(relevant_key(plan)) is not None


def _shipped(key: str) -> pl.DataFrame | None:
    place = files("macroimmune.simulator.truth").joinpath("default_models.csv")
    text = place.read_text(encoding="utf-8")
    if text.splitlines()[0] != f"# {key}":
        return None
    return pl.read_csv(text.encode(), comment_prefix="#", schema=MODEL_COLUMNS).with_columns(
        pl.col("arm").fill_null("")
    )


def fit_models(patients: GeneratedPatients, plan: StudyPlan) -> pl.DataFrame:
    """Return the models of generated patients; see `univariable_models`.

    Notes
    -----
    Convention: with several arms the models of all are stratified by arm, and each arm has models
    of its own; rows of `treatment` compare an arm with the first, nothing held fixed.
    """
    arms = [arm.name for arm in plan.arms]
    frames = []
    for endpoint in _endpoints(patients):
        frames.append(_of_features(patients, endpoint, "", _strata(patients, arms)))
        if len(arms) > 1:
            frames += [
                _of_features(_in_arm(patients, number), endpoint, name, None)
                for number, name in enumerate(arms)
            ]
            frames += [
                _of_treatment(patients, endpoint, number, name)
                for number, name in enumerate(arms)
                if number
            ]
    return pl.concat(frames)


def _endpoints(patients: GeneratedPatients) -> list[str]:
    return [*patients.survival, *(["response"] if patients.response is not None else [])]


def _strata(patients: GeneratedPatients, arms: list[str]) -> NDArray[np.int64] | None:
    return patients.arm if len(arms) > 1 else None


def _in_arm(patients: GeneratedPatients, number: int) -> GeneratedPatients:
    rows = patients.arm == number
    return GeneratedPatients(
        names=patients.names,
        features=patients.features[rows],
        units=patients.units,
        arm=patients.arm[rows],
        survival={name: known.select(rows) for name, known in patients.survival.items()},
        response=None if patients.response is None else patients.response[rows],
    )


def _of_features(
    patients: GeneratedPatients, endpoint: str, arm: str, strata: NDArray[np.int64] | None
) -> pl.DataFrame:
    slopes, errors = [], []
    for first in range(0, len(patients.names), _BLOCK):
        columns = slice(first, first + _BLOCK)
        block = patients.features[:, columns] / patients.units[columns]
        found = _fit(patients, endpoint, block, strata)
        slopes.append(found[0])
        errors.append(found[1])
    return _frame(
        list(patients.names),
        endpoint,
        arm,
        (np.concatenate(slopes), np.concatenate(errors)),
        patients.units,
    )


def _fit(
    patients: GeneratedPatients,
    endpoint: str,
    markers: Values,
    strata: NDArray[np.int64] | None,
) -> Slopes:
    if endpoint in patients.survival:
        screen = screen_cox(patients.survival[endpoint], markers, strata=strata, penalised=False)
        return screen.coefficients, screen.standard_errors
    response = patients.response
    if response is None:
        return np.full(markers.shape[1], np.nan), np.full(markers.shape[1], np.nan)
    if strata is not None:
        return stratified_logistic_slopes(response, markers, strata)
    fit = screen_logistic(response, markers, penalised=False)
    return fit.coefficients, fit.standard_errors


def _of_treatment(
    patients: GeneratedPatients, endpoint: str, number: int, name: str
) -> pl.DataFrame:
    rows = (patients.arm == 0) | (patients.arm == number)
    is_in_arm = (patients.arm[rows] == number).astype(float)[:, None]
    survival: dict[str, Survival] = {
        known: times.select(rows) for known, times in patients.survival.items()
    }
    two = GeneratedPatients(
        names=patients.names,
        features=patients.features[:0],
        units=patients.units,
        arm=patients.arm[rows],
        survival=survival,
        response=None if patients.response is None else patients.response[rows],
    )
    return _frame([TREATMENT], endpoint, name, _fit(two, endpoint, is_in_arm, None), np.ones(1))


def _frame(
    features: list[str], endpoint: str, arm: str, slopes: Slopes, units: Values
) -> pl.DataFrame:
    columns = {
        "feature": features,
        "endpoint": [endpoint] * len(features),
        "arm": [arm] * len(features),
        "log_ratio": slopes[0],
        "standard_error": slopes[1],
        "unit": units,
    }
    return pl.DataFrame(columns, schema=MODEL_COLUMNS)
