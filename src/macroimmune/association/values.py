"""One value per participant: the baseline, or the last sample up to a landmark."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.errors import DesignError
from macroimmune.features import FeatureDefinition, FeatureTable, baseline_rows, scaled
from macroimmune.statistics import normal_quantile

__all__ = [
    "ParticipantValues",
    "chosen_participants",
    "participant_values",
    "with_adjustment",
    "with_baselines",
    "without_batch",
]


@dataclass(frozen=True, slots=True, eq=False)
class ParticipantValues:
    """The values of one feature, one per participant of the study, in the study's order.

    Parameters
    ----------
    definition : FeatureDefinition
    landmark_days : float or None
        None for baseline features.
    values : float array, shape (participants,), unit of the feature
        NaN where a participant has none.
    on_scale : float array, shape (participants,)
        As they enter models, see `features.scales`; NaN where the scale does not hold the value.
    baseline : float array, shape (participants,), or None
        For a change since baseline, the baseline on the scale of its own feature; models of the
        change adjust for it, because a high baseline falls by itself.
    below : bool array, shape (participants,), or None
        True where the value is undetected and stands at its limit; None where that holds for
        nobody, and for detected or not.
    error_variance : float array, shape (participants,), or None
        Of the measurement, on the scale of `on_scale`: the square of the standard error where the
        feature tells it, else from the 95 % interval of each value as one of a normal
        distribution; NaN where a value has none, None where no value has one.
    lacks_batch : bool array, shape (participants,), or None
        True where the feature says that the error lacks the variance between batches; None where
        it says nothing of it.
    """

    definition: FeatureDefinition
    landmark_days: float | None
    values: NDArray[np.float64]
    on_scale: NDArray[np.float64]
    baseline: NDArray[np.float64] | None = None
    below: NDArray[np.bool_] | None = None
    error_variance: NDArray[np.float64] | None = None
    lacks_batch: NDArray[np.bool_] | None = None


def participant_values(
    features: FeatureTable,
    participants: pl.Series,
    *,
    window: tuple[float, float],
    landmark_days: float | None = None,
) -> list[ParticipantValues]:
    """Return the values of all baseline features, or of all on-treatment features at a landmark.

    Parameters
    ----------
    features : FeatureTable
    participants : polars Series of str, shape (participants,)
        Who, in which order; each once.
    window : (float, float), days from treatment start
        The baseline window; it may not reach past treatment start.
    landmark_days : float or None
        None gives baseline features; a day gives changes and levels on treatment from the last
        sample after treatment start and up to that day.

    Returns
    -------
    values : list of ParticipantValues
        One for each computed feature of that timing, also where nobody has a value.

    Raises
    ------
    DesignError
        If a participant occurs twice (a sample or a cell is not a participant), or the baseline
        window holds samples from after treatment start (immortal time).
    """
    if participants.is_duplicated().any():
        msg = "a participant occurs more than once; the participant is the unit of analysis"
        raise DesignError(msg)
    if landmark_days is None and window[1] > 0:
        msg = (
            f"the baseline window ends on day {window[1]:g}, after treatment start: such a marker "
            "needs a landmark; end the window at 0 and set landmarks_days in [analysis]"
        )
        raise DesignError(msg)
    baseline = landmark_days is None
    wanted = [item for item in features.computed if (item.timing == "baseline") is baseline]
    rows = features.frame.filter(pl.col("feature").is_in([item.id for item in wanted]))
    if landmark_days is not None:
        window = (float(np.nextafter(0.0, 1.0)), landmark_days)
    keys = ["feature", "participant_id", "days_from_treatment_start"]
    chosen = baseline_rows(rows, window).join(
        features.errors, on=keys, how="left", maintain_order="left"
    )
    found = []
    for definition, row in zip(
        wanted, _by_feature(chosen, [item.id for item in wanted], participants), strict=True
    ):
        at_limit = row.below if row.below.any() and definition.scale != "flag" else None
        found.append(
            ParticipantValues(
                definition,
                landmark_days,
                row.values,
                scaled(row.values, definition.scale),
                below=at_limit,
                error_variance=_error_variance(row, definition.scale),
                lacks_batch=row.lacks_batch if np.isfinite(row.standard_error).any() else None,
            )
        )
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """What the participants have of one feature: NaN and False where there is none."""

    values: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    below: NDArray[np.bool_]
    lacks_batch: NDArray[np.bool_]


def _error_variance(row: _Row, scale: str) -> NDArray[np.float64] | None:
    """Return the square of each standard error on the model's scale."""
    # An interval by Student's t is wider than its standard error by more than 1.96.
    if np.isfinite(row.standard_error).any():
        return row.standard_error**2
    if np.isnan(row.low).all():
        return None
    width = scaled(row.high, scale) - scaled(row.low, scale)
    return np.asarray((width / (2.0 * normal_quantile(0.95))) ** 2)


def _by_feature(chosen: pl.DataFrame, features: list[str], participants: pl.Series) -> list[_Row]:
    """Return what the participants have, in their order, of each feature."""
    rows = pl.DataFrame({"feature": features}, schema={"feature": pl.String}).with_row_index("row")
    columns = participants.to_frame("participant_id").with_row_index("column")
    # Places instead of a pivot, which is many times slower for hundreds of features.
    placed = chosen.join(rows, on="feature").join(columns, on="participant_id")
    place = placed["row"].to_numpy(), placed["column"].to_numpy()
    shape = (rows.height, columns.height)
    numbers = []
    for name in ("value", "ci_low", "ci_high", "standard_error"):
        levels = np.full(shape, np.nan)
        levels[place] = placed[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        numbers.append(levels)
    flags = []
    for flag in (pl.col("below_limit"), ~pl.col("is_batch_included")):
        held = np.zeros(shape, dtype=bool)
        held[place] = placed.select(flag.fill_null(value=False)).to_series().to_numpy()
        flags.append(held)
    return [_Row(*row) for row in zip(*numbers, *flags, strict=True)]


def with_baselines(
    later: list[ParticipantValues], baseline: list[ParticipantValues]
) -> list[ParticipantValues]:
    """Return the values at a landmark, each change with the baseline that it started from."""
    by_id = {value.definition.id: value.on_scale for value in baseline}
    return [replace(value, baseline=by_id.get(value.definition.baseline_of)) for value in later]


def chosen_participants(values: ParticipantValues, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return who enters a model: the outcome is known and nothing that the model needs misses."""
    chosen = known & ~np.isnan(values.on_scale)
    return chosen if values.baseline is None else chosen & ~np.isnan(values.baseline)


def without_batch(values: ParticipantValues, chosen: NDArray[np.bool_]) -> str:
    """Say whose errors lack the variance between batches; nothing where that is not told."""
    if values.lacks_batch is None or not values.lacks_batch[chosen].any():
        return ""
    n, of = int(values.lacks_batch[chosen].sum()), int(chosen.sum())
    which = "the errors" if n == of else f"the errors of {n} of {of}"
    return f"batch not included in {which}: the reliability is at most this"


def with_adjustment(
    covariate: NDArray[np.float64], values: ParticipantValues, chosen: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the columns of a model: the covariate, and the baseline of a change.

    A baseline that is the same in everyone adjusts for nothing and is left out.
    """
    if values.baseline is None:
        return covariate
    baseline = values.baseline[chosen]
    if baseline.size == 0 or np.ptp(baseline) == 0:
        return covariate
    return np.column_stack([covariate, baseline])
