"""Several cohorts in one study: every effect also cohort by cohort, and pooled over them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association.completed_models import Imputing
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.fixed_cut import fixed_cut
from macroimmune.association.pooling import PooledEffects, pooled_effects
from macroimmune.association.response_association import response_association
from macroimmune.association.row import AssociationRow
from macroimmune.association.survival_association import survival_effect
from macroimmune.association.undetected import undetected_imputed
from macroimmune.association.values import ParticipantValues, chosen_participants
from macroimmune.features import is_standardised
from macroimmune.results import conform
from macroimmune.study import Study

__all__ = ["FEWEST_PARTICIPANTS", "CohortsWithin", "cohorts_within", "effects_within"]

# Below this the standard error of a cohort is not that of a large sample, and would be believed.
FEWEST_PARTICIPANTS = 10
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class CohortsWithin:
    """The cohorts of one study.

    Parameters
    ----------
    fitted : mapping from name to number of participants
        Cohorts that are large enough for an effect of their own, by name.
    too_small : tuple of str
        Cohorts that are not.
    n_without : int
        Participants of no stated cohort.
    """

    fitted: dict[str, int]
    too_small: tuple[str, ...]
    n_without: int

    @property
    def are_pooled(self) -> bool:
        """Whether there are enough to tell what lies between cohorts."""
        return len(self.fitted) >= _ENOUGH

    def sentence(self) -> str:
        """Return what was done with the cohorts, the empty text where there is only one."""
        n_all = len(self.fitted) + len(self.too_small)
        if n_all < 2:
            return ""
        left = [f"{', '.join(self.too_small)} (fewer than {FEWEST_PARTICIPANTS} participants)"]
        left = left if self.too_small else []
        if self.n_without:
            left.append(f"{self.n_without} participants of no stated cohort")
        without = f"; without {' and '.join(left)}" if left else ""
        if not self.are_pooled:
            counted = f"{len(self.fitted)} of {n_all}" if self.too_small else f"{n_all}"
            return (
                f"Effects were not pooled over cohorts: the study has {counted} that are large "
                f"enough{without}, and fewer than three cannot tell what lies between them."
            )
        return (
            f"Each feature was also fitted within each of {len(self.fitted)} cohorts{without}, "
            "per SD of all cohorts where an effect is per SD, and the effects were pooled as "
            "logarithms or logits: random effects with the variance between cohorts by restricted "
            "maximum likelihood, intervals, prediction intervals and tests by Hartung and Knapp, "
            "never narrower than with a known variance. The stratified and the pooled test of an "
            "effect both count among the tests of this run."
        )


def cohorts_within(study: Study) -> CohortsWithin:
    """Return the cohorts of a study of patients, by name."""
    column = study.participants["cohort"]
    counted = dict(sorted(column.drop_nulls().value_counts().iter_rows()))
    return CohortsWithin(
        fitted={name: n for name, n in counted.items() if n >= FEWEST_PARTICIPANTS},
        too_small=tuple(name for name, n in counted.items() if n < FEWEST_PARTICIPANTS),
        n_without=column.null_count(),
    )


def effects_within(
    study: Study,
    looks: Sequence[tuple[list[ParticipantValues], list[EndpointData]]],
    imputing: Imputing,
) -> PooledEffects:
    """Return every effect of a study pooled over its cohorts; nothing below three cohorts.

    Parameters
    ----------
    study : Study
        Of patients only.
    looks : sequence of (values, endpoints)
        At baseline and at each landmark.
    imputing : Imputing
        Of undetected values, within each cohort by itself.

    Returns
    -------
    effects : PooledEffects

    Notes
    -----
    Convention: the models of a run, without strata by cohort; a standardised feature is per SD of
    all participants in the estimate, so that one unit is the same in every cohort. A cut at the
    median is at the median of all. Tests of each cohort by itself are not made.
    """
    found = cohorts_within(study)
    if not found.are_pooled:
        return PooledEffects()
    members = study.participants["cohort"].to_numpy()
    tables = {
        name: _associations([
            row for look in looks for row in _of_cohort(study, members == name, *look, imputing)
        ])
        for name in found.fitted
    }
    return pooled_effects(tables, one_study=True)


def _of_cohort(
    study: Study,
    rows: NDArray[np.bool_],
    values: list[ParticipantValues],
    data: list[EndpointData],
    imputing: Imputing,
) -> Iterator[AssociationRow]:
    """Yield the effects of all features in one cohort."""
    at_landmark = any(value.landmark_days is not None for value in values)
    columns = strata_columns(study, of_feature=True, at_landmark=at_landmark)
    strata = strata_labels(study, tuple(name for name in columns if name != "cohort"))
    own_strata = None if strata is None else strata[rows]
    endpoints = [(whole, _endpoint_of(whole, rows)) for whole in data]
    for value in values:
        own, cut = _values_of(value, rows), study.analysis.cut_points.get(value.definition.id)
        if cut == "median":
            cut = _median(value.values)
        for whole, part in endpoints:
            if whole.endpoint.id in value.definition.part_of_endpoints:
                continue
            factor = _to_common_unit(value, whole, own, part)
            if part.survival is None:
                effects, _ = response_association(own, part, own_strata)
            else:
                effects = [survival_effect(own, part, own_strata)[0]]
            effects = [undetected_imputed(row, own, part, own_strata, imputing) for row in effects]
            yield from (_per_common_unit(row, factor) for row in effects)
            if cut is not None:
                yield fixed_cut(own, part, cut, own_strata)[0]


def _values_of(values: ParticipantValues, rows: NDArray[np.bool_]) -> ParticipantValues:
    baseline = None if values.baseline is None else values.baseline[rows]
    return replace(
        values,
        values=values.values[rows],
        on_scale=values.on_scale[rows],
        baseline=baseline,
        below=None if values.below is None else values.below[rows],
    )


def _endpoint_of(data: EndpointData, rows: NDArray[np.bool_]) -> EndpointData:
    of_known = rows[data.known]
    return replace(
        data,
        known=data.known[rows],
        survival=None if data.survival is None else data.survival.select(of_known),
        outcome=None if data.outcome is None else data.outcome[of_known],
    )


def _median(values: NDArray[np.float64]) -> float:
    measured = values[~np.isnan(values)]
    return float(np.median(measured)) if measured.size else float("nan")


def _to_common_unit(
    value: ParticipantValues, whole: EndpointData, own: ParticipantValues, part: EndpointData
) -> float:
    """Return the SD of all cohorts in units of that of one, 1 where effects are not per SD."""
    if not is_standardised(value.definition.scale):
        return 1.0
    of_all = value.on_scale[chosen_participants(value, whole.known)]
    of_one = own.on_scale[chosen_participants(own, part.known)]
    if of_one.size < 2 or not np.ptp(of_one) > 0:
        return 1.0
    return float(np.std(of_all, ddof=1) / np.std(of_one, ddof=1))


def _per_common_unit(row: AssociationRow, factor: float) -> AssociationRow:
    """Return a row whose ratio and limits are per unit of all cohorts."""
    if row.effect == "auc" or factor == 1.0:
        return row
    logs = np.log([row.estimate, row.ci_low, row.ci_high]) * factor
    # A ratio too large to be written becomes empty in the table, and the cohort absent.
    with np.errstate(over="ignore"):
        estimate, low, high = (float(value) for value in np.exp(logs))
    return replace(row, estimate=estimate, ci_low=low, ci_high=high)


def _associations(rows: list[AssociationRow]) -> pl.DataFrame:
    frame = pl.DataFrame([row.to_dict() | {"q_value": None} for row in rows])
    return conform("associations", frame)
