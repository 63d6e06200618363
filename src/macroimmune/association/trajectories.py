"""Repeated samples under treatment: how a feature changes, and whether groups change alike."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association.arms import NOT_RANDOMISED
from macroimmune.association.detection_limits import at_their_limits
from macroimmune.association.ledger import LedgerEntry, with_q_values
from macroimmune.features import (
    FeatureDefinition,
    FeatureTable,
    baseline_rows,
    is_standardised,
    scaled,
)
from macroimmune.results import conform, empty
from macroimmune.statistics import MixedModel, mixed_model
from macroimmune.study import Study

__all__ = ["METHOD", "Trajectory", "trajectories", "trajectories_frame"]

METHOD = "linear mixed model of repeated samples"
COURSE, RESPONSE = "course", "response"
_DAYS_PER_STEP = 30.0
_UNITS = {
    "doubling": "doublings per 30 days",
    "npx": "NPX per 30 days",
    "flag": "share detected per 30 days",
}
_PART_OF_RESPONSE = "refused: response is defined by the course of this very feature"
_ONE_SIDE = "one of the two groups has no participant with two samples or more"


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One question to the repeated samples of one feature, and its answer.

    Parameters
    ----------
    feature, endpoint, comparison : str
        `endpoint` is "course" or, for a comparison of responders, "response".
    scale : str
        What the estimate counts.
    model : MixedModel or None
        None where the question was refused; `status` then says why.
    position : int
        Which coefficient of the model answers it.
    status : str
    """

    feature: str
    endpoint: str
    comparison: str
    scale: str
    model: MixedModel | None
    position: int
    status: str

    @property
    def entry(self) -> LedgerEntry:
        """The test for the ledger."""
        p_value = float("nan") if self.model is None else float(self.model.p_values[self.position])
        return LedgerEntry(
            self.feature,
            self.endpoint,
            None,
            f"{METHOD}, {self.comparison}",
            p_value,
            self.status,
            is_of_treatment=self.endpoint == COURSE,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """The samples of one feature: month, level on the model's scale, whose, which undetected."""

    definition: FeatureDefinition
    months: NDArray[np.float64]
    level: NDArray[np.float64]
    person: NDArray[np.intp]
    below: NDArray[np.bool_]

    def of(self, rows: NDArray[np.bool_]) -> "_Samples":
        return _Samples(
            self.definition,
            self.months[rows],
            self.level[rows],
            self.person[rows],
            self.below[rows],
        )


def trajectories(study: Study, features: FeatureTable) -> list[Trajectory]:
    """Return how every feature with repeated samples changes up to a day that the study fixed.

    Parameters
    ----------
    study : Study
        Of patients only; `analysis.trajectories_until_days` is the last day, nothing is tested
        where it is not set.
    features : FeatureTable

    Returns
    -------
    found : list of Trajectory
        For each feature: the change with time; where there are several arms, its difference
        between each arm and the first (the control arm, where there is one); where response is
        known, its difference between responders and others.

    Notes
    -----
    Convention: a straight line in time from day 0, at which the last baseline sample is put; a
    level and, where the samples allow, a trend of its own for each participant. Several cohorts
    have levels of their own; comparisons by response also have the arms' levels and trends.
    """
    until = study.analysis.trajectories_until_days
    if until is None:
        return []
    people = study.participants
    groups = _Groups.of(study)
    found: list[Trajectory] = []
    for definition in features.computed:
        if definition.timing != "baseline":
            continue
        rows = features.frame.filter(pl.col("feature") == definition.id)
        samples = _samples(
            definition, rows, people["participant_id"], study.analysis.baseline_window_days, until
        )
        if np.unique(samples.person).size < samples.person.size:
            found += _questions(samples, groups)
    return found


def _samples(
    definition: FeatureDefinition,
    rows: pl.DataFrame,
    people: pl.Series,
    window: tuple[float, float],
    until: float,
) -> _Samples:
    """Return the last baseline sample of each participant and all later ones up to a day."""
    day = pl.col("days_from_treatment_start")
    first = baseline_rows(rows, window).with_columns(day.clip(lower_bound=0.0))
    later = rows.filter(
        (day > max(window[1], 0.0)) & (day <= until) & pl.col("value").is_not_null()
    )
    order = people.to_frame("participant_id").with_row_index("person")
    both = pl.concat([first.select(later.columns), later]).join(order, on="participant_id")
    both = both.sort("person", "days_from_treatment_start", "sample_id")
    level = scaled(both["value"].to_numpy().astype(float), definition.scale)
    months = both["days_from_treatment_start"].to_numpy() / _DAYS_PER_STEP
    usable = ~np.isnan(level)
    level = level[usable]
    if is_standardised(definition.scale) and level.size > 1 and np.ptp(level) > 0:
        level = (level - level.mean()) / level.std(ddof=1)
    person = both["person"].to_numpy().astype(np.intp)[usable]
    # Of a feature that is detected or not, the undetected are no values at a limit.
    below = both["below_limit"].fill_null(value=False).to_numpy() & (definition.scale != "flag")
    return _Samples(definition, months[usable], level, person, below[usable])


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """Cohort, arm and response of each participant."""

    cohort: NDArray[np.str_]
    arm: NDArray[np.str_]
    arms: tuple[str, ...]
    response: NDArray[np.float64]
    randomised: bool

    @classmethod
    def of(cls, study: Study) -> "_Groups":
        people = study.participants
        joined = people.join(
            study.tables["outcomes"].unique("participant_id", keep="first"),
            on="participant_id",
            how="left",
            maintain_order="left",
        )
        arm = people["arm"].fill_null("arm not stated").to_numpy().astype(str)
        # The control arm is what others are compared with.
        arms = sorted(set(arm.tolist()), key=lambda a: (a not in study.analysis.control_arms, a))
        return cls(
            cohort=people["cohort"].fill_null("cohort not stated").to_numpy().astype(str),
            arm=arm,
            arms=tuple(arms),
            response=joined["response"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
            randomised=study.analysis.randomised,
        )


def _questions(samples: _Samples, groups: _Groups) -> Iterator[Trajectory]:
    """Ask for the change, and for its difference between groups where there are any."""
    columns = _levels(groups.cohort[samples.person])
    arms = _levels(groups.arm[samples.person], groups.arms)
    yield _answer(samples, COURSE, "change with time", [samples.months, *arms, *columns], 1)
    if arms:
        present = [a for a in groups.arms if (groups.arm[samples.person] == a).any()]
        by_time = [arm * samples.months for arm in arms]
        x = [samples.months, *by_time, *arms, *columns]
        for position, name in enumerate(present[1:], start=2):
            found = _answer(samples, COURSE, f"{name} against {present[0]}", x, position)
            yield found if groups.randomised else _not_randomised(found)
    known = ~np.isnan(groups.response[samples.person])
    if not known.any():
        return
    if RESPONSE in samples.definition.part_of_endpoints:
        yield _refused(samples, _PART_OF_RESPONSE)
        return
    chosen = samples.of(known)
    response = groups.response[chosen.person]
    if not _has_both(chosen, response):
        yield _refused(samples, _ONE_SIDE)
        return
    arms = _levels(groups.arm[chosen.person], groups.arms)
    x = [chosen.months, response * chosen.months, response, *arms]
    x += [*(arm * chosen.months for arm in arms), *_levels(groups.cohort[chosen.person])]
    yield _answer(chosen, RESPONSE, RESPONDERS, x, 2)


RESPONDERS = "responders against others"


def _has_both(samples: _Samples, response: NDArray[np.float64]) -> bool:
    """Whether both groups have somebody with two samples."""
    repeated = np.bincount(samples.person)[samples.person] > 1
    return bool((repeated & (response == 1)).any() and (repeated & (response == 0)).any())


def _levels(labels: NDArray[np.str_], order: tuple[str, ...] = ()) -> list[NDArray[np.float64]]:
    """Return a column for each label but the first."""
    present = [name for name in (order or sorted(set(labels.tolist()))) if (labels == name).any()]
    return [(labels == name).astype(float) for name in present[1:]]


def _answer(
    samples: _Samples,
    endpoint: str,
    comparison: str,
    columns: list[NDArray[np.float64]],
    position: int,
) -> Trajectory:
    model = mixed_model(
        samples.level, np.column_stack(columns), samples.person, slope=samples.months
    )
    scale = _UNITS.get(samples.definition.scale, "SD per 30 days")
    feature = samples.definition.id
    notes = (model.status, at_their_limits(samples.below))
    status = "; ".join(note for note in notes if note)
    return Trajectory(feature, endpoint, comparison, scale, model, position, status)


def _not_randomised(found: Trajectory) -> Trajectory:
    """Return a comparison of arms that says how they came to differ, where there is a test."""
    if np.isnan(found.entry.p_value):
        return found
    return replace(found, status="; ".join(n for n in (found.status, NOT_RANDOMISED) if n))


def _refused(samples: _Samples, status: str) -> Trajectory:
    scale = _UNITS.get(samples.definition.scale, "SD per 30 days")
    return Trajectory(samples.definition.id, RESPONSE, RESPONDERS, scale, None, 0, status)


def trajectories_frame(
    found: list[Trajectory], until: float | None, ledger: pl.DataFrame
) -> pl.DataFrame:
    """Return the answers as the table `trajectories` of the results contract."""
    if not found:
        return empty("trajectories")
    rows = [
        {
            "feature": item.feature,
            "endpoint": item.endpoint,
            "comparison": item.comparison,
            "until_days": until,
            "scale": item.scale,
            **_numbers(item.model, item.position),
            "landmark_days": None,
            "method": item.entry.method,
            "status": item.status,
        }
        for item in found
    ]
    frame = pl.DataFrame(
        rows, schema_overrides={"landmark_days": pl.Float64}, infer_schema_length=None
    )
    return conform("trajectories", with_q_values(frame, ledger).drop("landmark_days"))


def _numbers(model: MixedModel | None, position: int) -> dict[str, object]:
    if model is None:
        names = ("estimate", "ci_low", "ci_high", "degrees_of_freedom", "p_value")
        return dict.fromkeys(names) | {"n": 0, "n_samples": 0}
    return {
        "estimate": float(model.coefficients[position]),
        "ci_low": float(model.ci_low[position]),
        "ci_high": float(model.ci_high[position]),
        "degrees_of_freedom": float(model.degrees_of_freedom[position]),
        "p_value": float(model.p_values[position]),
        "n": model.n_participants,
        "n_samples": model.n,
    }
