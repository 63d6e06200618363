"""Does a marker add to routine bloods, or to a score? Every marker, over every base."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.base_markers import BaseMarkers, routine_base, score_bases
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.ledger import LedgerEntry
from macroimmune.association.random_draws import random_draws
from macroimmune.association.values import ParticipantValues
from macroimmune.features import FeatureTable, is_standardised
from macroimmune.statistics import (
    AddedValue,
    Horizon,
    NestedModels,
    added_value_binary,
    added_value_survival,
    horizon_at,
    nested_cox,
    nested_logistic,
    standard_horizon,
)
from macroimmune.study import Study

__all__ = [
    "METHOD",
    "MOST_RESAMPLED",
    "REPLICATES",
    "Comparison",
    "added_value",
    "added_value_sentences",
]

METHOD = "likelihood ratio of nested models, over"
REPLICATES = 200
MOST_RESAMPLED = 40
_THREADS = 2
_NAN = float("nan")
Look = tuple[list[ParticipantValues], list[EndpointData]]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """One marker over one base for one endpoint.

    Parameters
    ----------
    values : ParticipantValues
    data : EndpointData
    base : BaseMarkers
    strata : int array, shape (participants,), or None
    horizon : Horizon
        Its `days` are NaN for a binary endpoint.
    threshold : float
    models : NestedModels or None
        None where the marker is part of the base.
    prediction : AddedValue or None
        None where no bootstrap was run; `why_not` then says why.
    why_not : str
    caution : str
        Where only the smallest p-values have predictions, that this one was so chosen.
    """

    values: ParticipantValues
    data: EndpointData
    base: BaseMarkers
    strata: NDArray[np.int64] | None
    horizon: Horizon
    threshold: float
    models: NestedModels | None
    prediction: AddedValue | None = None
    why_not: str = ""
    caution: str = ""

    @property
    def method(self) -> str:
        """The test, as it stands in the ledger."""
        return f"{METHOD} {self.base.over}"

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Who is in both models: with the endpoint, the base and the marker."""
        columns, marker = _columns(self.values, self.data, self.base)
        complete = self.data.known.copy()
        complete[self.data.known] = ~np.isnan(marker) & ~np.isnan(columns).any(axis=1)
        return complete

    @property
    def n_coefficients(self) -> int:
        """How many columns the model with the marker has, a change's own baseline among them."""
        columns, _ = _columns(self.values, self.data, self.base)
        return int(columns.shape[1]) + 1

    @property
    def p_value(self) -> float:
        """Of the likelihood ratio, NaN where there is none."""
        return _NAN if self.models is None else self.models.p_value


def added_value(
    study: Study, features: FeatureTable, looks: list[Look], *, seed: int
) -> tuple[list[Comparison], list[LedgerEntry]]:
    """Return what every marker adds to the routine bloods and to the scores of the study.

    Parameters
    ----------
    study : Study
    features : FeatureTable
    looks : list of (values, endpoints)
        At baseline first, then at each landmark; bases are always those of baseline.
    seed : int
        Of the bootstrap.

    Returns
    -------
    comparisons : list of Comparison
        Without any where no routine blood was measured and no score was named.
    entries : list of LedgerEntry
        One for each likelihood ratio.

    Raises
    ------
    InputError
        If the study names a score that is no baseline feature.

    Notes
    -----
    Convention: predictions are resampled for the smallest p-values of the run only, whatever the
    endpoint; all others have the test and the adjusted effect.
    """
    baseline = looks[0][0]
    scores = score_bases(study, features, baseline)
    found = [
        comparison
        for values, data in looks
        for comparison in _of_look(study, values, data, baseline, scores)
    ]
    entries = [
        LedgerEntry(*_key(one), one.method, one.p_value, one.models.status)
        for one in found
        if one.models is not None
    ]
    return _with_predictions(found, seed), entries


def _key(one: Comparison) -> tuple[str, str, float | None]:
    return one.values.definition.id, one.data.endpoint.id, one.values.landmark_days


def _of_look(
    study: Study,
    values: list[ParticipantValues],
    data: list[EndpointData],
    baseline: list[ParticipantValues],
    scores: list[BaseMarkers],
) -> Iterator[Comparison]:
    columns = strata_columns(study, of_feature=True, at_landmark=values is not baseline)
    strata = strata_labels(study, columns)
    for item in data:
        routine = routine_base(baseline, item)
        horizon = _horizon(study, item)
        threshold = study.analysis.decision_thresholds.get(item.endpoint.id, horizon.event_share)
        for base in [routine, *scores] if routine is not None else scores:
            for value in values:
                if item.endpoint.id in value.definition.part_of_endpoints:
                    continue
                models = None
                if value.definition.id not in base.ids:
                    models = _models(value, item, base, strata)
                yield Comparison(value, item, base, strata, horizon, threshold, models)


def _horizon(study: Study, data: EndpointData) -> Horizon:
    """Return the horizon of an endpoint; of a binary one only the share with the event."""
    if data.survival is None:
        outcome = data.outcome_of(data.known)
        return Horizon(_NAN, float(outcome.mean()) if outcome.size else _NAN, 1.0, "")
    days = study.analysis.horizon_days.get(data.endpoint.id)
    return standard_horizon(data.survival) if days is None else horizon_at(data.survival, days)


def _columns(
    values: ParticipantValues, data: EndpointData, base: BaseMarkers
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return base and marker of those who have the endpoint, NaN where a value is missing.

    A change is adjusted for the value that it started from, as in its own model.
    """
    before = values.definition.baseline_of
    members = [member.on_scale[data.known] for member in base.members]
    if values.baseline is not None and before not in base.ids:
        members.append(values.baseline[data.known])
    columns = np.column_stack(members)
    marker = values.on_scale[data.known]
    if is_standardised(values.definition.scale):
        complete = ~np.isnan(marker) & ~np.isnan(columns).any(axis=1)
        spread = float(np.std(marker[complete], ddof=1)) if complete.sum() > 1 else 0.0
        marker = marker / spread if spread > 0 else marker
    return columns, marker


def _models(
    values: ParticipantValues,
    data: EndpointData,
    base: BaseMarkers,
    strata: NDArray[np.int64] | None,
) -> NestedModels:
    columns, marker = _columns(values, data, base)
    labels = None if strata is None else strata[data.known]
    if data.survival is None:
        return nested_logistic(data.outcome_of(data.known), columns, marker, strata=labels)
    return nested_cox(data.survival, columns, marker, strata=labels)


def _with_predictions(found: list[Comparison], seed: int) -> list[Comparison]:
    """Return the comparisons, those with the smallest p-values with their bootstrap."""
    able = [place for place, one in enumerate(found) if not _why_no_bootstrap(one)]
    able.sort(key=lambda place: found[place].p_value)
    chosen = able[:MOST_RESAMPLED]
    finished = [
        replace(one, why_not=_why_no_bootstrap(one) or _too_many(len(able))) for one in found
    ]
    # The p-values looked at the outcome, and so do the changes of those chosen by them.
    caution = _chosen() if len(able) > MOST_RESAMPLED else ""
    # The loops let go of the interpreter, and each comparison has random numbers of its own.
    with ThreadPoolExecutor(_THREADS) as pool:
        predictions = pool.map(lambda place: _predicted(found[place], seed), chosen)
        for place, prediction in zip(chosen, predictions, strict=True):
            finished[place] = replace(found[place], prediction=prediction, caution=caution)
    return finished


def _chosen() -> str:
    return (
        f"change of predictions computed because its p is among the {MOST_RESAMPLED} smallest: "
        "read as optimistic"
    )


def _too_many(n_able: int) -> str:
    return (
        f"predictions were resampled for the {MOST_RESAMPLED} smallest p-values of {n_able} "
        "comparisons only"
    )


def _why_no_bootstrap(one: Comparison) -> str:
    """Say why predictions are not resampled, or nothing."""
    if one.models is None or np.isnan(one.models.p_value):
        return "no models to predict with"
    if not one.models.is_regular:
        return "no predictions from a penalised model"
    if one.data.survival is None and one.strata is not None:
        return "within strata a binary endpoint has no predicted risk"
    if one.horizon.status:
        return one.horizon.status
    return "" if 0.0 < one.threshold < 1.0 else "no threshold inside 0 to 1"


def _predicted(one: Comparison, seed: int) -> AddedValue:
    columns, marker = _columns(one.values, one.data, one.base)
    rng = random_draws(seed, "added value", *_key(one), one.base.over)
    if one.data.survival is None:
        return added_value_binary(
            one.data.outcome_of(one.data.known),
            columns,
            marker,
            threshold=one.threshold,
            replicates=REPLICATES,
            rng=rng,
        )
    return added_value_survival(
        one.data.survival,
        columns,
        marker,
        horizon_days=one.horizon.days,
        threshold=one.threshold,
        replicates=REPLICATES,
        rng=rng,
        strata=None if one.strata is None else one.strata[one.data.known],
    )


def added_value_sentences(used: set[str]) -> list[str]:
    """Return the sentences of the methods paragraph, none where nothing was compared.

    Parameters
    ----------
    used : set of str
        Methods of the ledger that gave a p-value.
    """
    overs = sorted(name.removeprefix(METHOD).strip() for name in used if name.startswith(METHOD))
    if not overs:
        return []
    return [
        f"Whether a biomarker adds to others was tested over {' and over '.join(overs)}, with the "
        "likelihood ratio of nested Cox or logistic models fitted to the same participants. Beside "
        "it stand estimates without a test: Uno's concordance up to a horizon (area under the ROC "
        "curve for binary endpoints) and net benefit at a threshold, without and with the "
        f"biomarker. Both models were fitted anew in {REPLICATES} bootstrap samples to take off "
        "the optimism; intervals are percentiles of the change moved by its optimism. They were "
        f"resampled for the {MOST_RESAMPLED} smallest p-values at most; where there were more, "
        "these are chosen by the outcome and their changes optimistic. Where the study fixed no "
        "horizon it was the longest of 90, 180, 365, 730, 1095 and 1825 days to which half were "
        "followed and by which at most three quarters had the event; where it fixed no threshold "
        "it was the share with the event by then."
    ]
