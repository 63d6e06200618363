"""Effects of responsiveness scores corrected for errors of measurement, beside the naive ones."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association.adjusting_columns import AdjustingColumn, adjusting_columns
from macroimmune.association.completed_models import fitted
from macroimmune.association.confounded_batches import ConfoundedFeatures
from macroimmune.association.each_feature import REFUSED, Look
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.responsiveness_companions import LEVEL, is_score, unstimulated_level
from macroimmune.association.row import nobody
from macroimmune.association.survival_association import few_events
from macroimmune.association.values import (
    ParticipantValues,
    chosen_participants,
    with_adjustment,
    without_batch,
)
from macroimmune.features import FeatureTable
from macroimmune.results import conform, empty
from macroimmune.statistics import (
    corrected_ratio,
    normal_quantile,
    regression_calibration,
    stratum_indicators,
)
from macroimmune.study import Study

__all__ = [
    "CorrectedEffect",
    "corrected_effects",
    "corrected_effects_frame",
    "corrected_effects_sentences",
]

NAIVE, CORRECTED = "naive", "corrected"
ADJUSTED, BOTH = "adjusted", "corrected and adjusted"
_NO_LEVEL = f"{LEVEL} is not a feature of this study"
_NO_INTERVAL = "no value has an interval of measurement, so that nothing can be corrected"
_OF_CHANGE = "; the interval of a value is not that of a change"
_LEVEL_ERROR = (
    f"{LEVEL} is taken as measured without error, though its error is in the score too, with the "
    "other sign"
)
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class CorrectedEffect:
    """One row of `corrected_effects.csv`; fields are the columns there."""

    feature: str
    endpoint: str
    model: str
    n: int
    n_events: int
    effect: str
    estimate: float
    ci_low: float
    ci_high: float
    p_value: float
    reliability: float
    landmark_days: float | None
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """One feature and endpoint: what its models have in common."""

    values: ParticipantValues
    data: EndpointData
    strata: NDArray[np.int64] | None
    columns: tuple[AdjustingColumn, ...] = ()

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """Who has the outcome, the feature and the columns, shape (participants,)."""
        chosen = chosen_participants(self.values, self.data.known)
        for item in self.columns:
            chosen = chosen & ~item.missing
        return chosen

    def design(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the feature and what stands beside it, shape (chosen, covariates)."""
        design = with_adjustment(self.values.on_scale[chosen], self.values, chosen)
        columns = [item.values[chosen] for item in self.columns]
        matrix = np.column_stack([design, *columns])
        varies = np.ptp(matrix, axis=0) > 0.0 if len(matrix) else np.ones(matrix.shape[1], bool)
        varies[0] = True
        return matrix[:, varies]

    def row(self, model: str, **known: object) -> CorrectedEffect:
        """Return a row of this feature and endpoint, empty where nothing else is said."""
        usual: dict[str, object] = {
            "n": 0,
            "n_events": 0,
            "effect": "odds_ratio" if self.data.survival is None else "hazard_ratio",
            "estimate": _NAN,
            "ci_low": _NAN,
            "ci_high": _NAN,
            "p_value": _NAN,
            "reliability": _NAN,
            "landmark_days": self.values.landmark_days,
            "status": "",
        }
        return CorrectedEffect(
            feature=self.values.definition.id,
            endpoint=self.data.endpoint.id,
            model=model,
            **(usual | known),  # type: ignore[arg-type]
        )


def corrected_effects(
    study: Study, features: FeatureTable, looks: list[Look], refused: ConfoundedFeatures
) -> list[CorrectedEffect]:
    """Return the effects of responsiveness scores with and without correction and adjustment.

    Parameters
    ----------
    study : Study
    features : FeatureTable
        All, also those that are refused.
    looks : list of (features, endpoints)
        At baseline, then at each landmark; all features.
    refused : ConfoundedFeatures

    Returns
    -------
    rows : list of CorrectedEffect
        Per feature and endpoint: naive, corrected, adjusted for the unstimulated level, corrected
        and adjusted; where the study declares columns to adjust for, naive and corrected with
        these beside, among participants who have all. Refused features have one row with the
        reason.

    Notes
    -----
    Convention: ratios are per SD of the measured score in the people of the uncorrected model, so
    that both of a pair are in one unit. Correction is regression calibration with the error
    variance of each person; the unstimulated level and other columns are taken as
    measured without error, and strata have levels of their own. Corrected rows test what the
    uncorrected ones test, and have no place in the ledger; the adjusted effect stands in
    `associations.csv` too, and in the ledger.
    """
    rows = list(_without_landmark(study, features, looks))
    for place, (values, data) in enumerate(looks):
        declared = strata_columns(study, of_feature=True, at_landmark=place > 0)
        strata = strata_labels(study, declared)
        adjusting, _ = adjusting_columns(study, declared)
        for item in values:
            if not is_score(item.definition):
                continue
            level = unstimulated_level(item, values)
            for endpoint in data:
                model = _Model(item, endpoint, strata)
                why = refused.reasons.get(item.definition.id, "")
                if why:
                    rows.append(model.row(NAIVE, status=why))
                else:
                    rows += _of_endpoint(model, level, adjusting)
    return rows


def corrected_effects_frame(rows: list[CorrectedEffect]) -> pl.DataFrame:
    """Return the rows as table `corrected_effects` of the results contract."""
    if not rows:
        return empty("corrected_effects")
    listed = [asdict(row) for row in rows]
    frame = pl.DataFrame(
        listed, schema_overrides={"landmark_days": pl.Float64}, infer_schema_length=None
    )
    return conform("corrected_effects", frame)


def corrected_effects_sentences(rows: list[CorrectedEffect]) -> tuple[str, ...]:
    """Return what the methods paragraph says of the models that gave an estimate."""
    given = {row.model for row in rows if row.estimate >= 0.0}
    sentences = []
    if ADJUSTED in given:
        sentences.append(
            f"Models of a responsiveness score were also adjusted for {LEVEL} of the same markers, "
            "because a ceiling looks like a weak response; these are tests of their own. The level "
            "is taken as measured without error, though its error is in the score too."
        )
    if any(name.startswith(CORRECTED) for name in given):
        sentences.append(
            "Beside them stand effects corrected for errors of measurement by regression "
            "calibration: the variance of each person's error from the standard error of the "
            "score, the variance between people by the estimator of Paule and Mandel, Fieller's "
            "intervals that carry the uncertainty of the reliability; they ask what the "
            "uncorrected models ask and have no q-values of their own."
        )
    return tuple(sentences)


def _without_landmark(
    study: Study, features: FeatureTable, looks: list[Look]
) -> Iterator[CorrectedEffect]:
    """Yield the scores on treatment that no landmark allows to test."""
    if study.analysis.landmarks_days:
        return
    later = [x for x in features.computed if x.timing != "baseline" and is_score(x)]
    gap = np.full(study.participants.height, _NAN)
    for definition in later:
        for endpoint in looks[0][1]:
            nothing = ParticipantValues(definition, None, gap, gap)
            yield _Model(nothing, endpoint, None).row(NAIVE, status=REFUSED)


def _of_endpoint(
    model: _Model, level: AdjustingColumn | None, adjusting: tuple[AdjustingColumn, ...]
) -> Iterator[CorrectedEffect]:
    yield from _pair(model, (NAIVE, CORRECTED))
    if level is None:
        yield model.row(ADJUSTED, status=_NO_LEVEL)
    else:
        yield from _pair(replace(model, columns=(level,)), (ADJUSTED, BOTH))
    if adjusting:
        named = ", ".join(item.name for item in adjusting)
        names = (f"{NAIVE}, with {named}", f"{CORRECTED}, with {named}")
        yield from _pair(replace(model, columns=adjusting), names)


def _pair(model: _Model, names: tuple[str, str]) -> Iterator[CorrectedEffect]:
    """Yield the uncorrected and the corrected effect, both per SD of the measured values."""
    chosen = model.chosen
    if not chosen.any():
        yield model.row(names[0], status=nobody(model.values))
        return
    level = model.values.on_scale[chosen]
    sd = float(level.std(ddof=1)) if level.size > 1 else 0.0
    fit = fitted(model.data, chosen, model.strata, model.design(chosen))
    reach = float(fit.standard_errors[0])
    yield model.row(
        names[0],
        n=fit.n,
        n_events=fit.n_events,
        p_value=float(fit.p_values[0]),
        status="; ".join(
            note
            for note in (fit.status or _rough(model, fit.n, fit.n_events), _left_out(model, chosen))
            if note
        ),
        **_ratios(float(fit.coefficients[0]), sd, reach),
    )
    yield _corrected(model, chosen, sd, names[1])


def _corrected(model: _Model, chosen: NDArray[np.bool_], sd: float, name: str) -> CorrectedEffect:
    """Return the corrected effect, per `sd` of the measured values."""
    variance = model.values.error_variance
    if variance is None:
        is_change = model.values.definition.timing == "change"
        return model.row(name, status=_NO_INTERVAL + (_OF_CHANGE if is_change else ""))
    known = chosen & ~np.isnan(variance)
    design = model.design(known)
    beside = design[:, 1:]
    if model.strata is not None:
        inside = stratum_indicators(model.strata[known], np.ones(int(known.sum()), dtype=bool))
        beside = np.column_stack([beside, inside])
    calibration = regression_calibration(design[:, 0], variance[known], beside)
    if calibration.status:
        return model.row(
            name, n=int(known.sum()), reliability=calibration.reliability, status=calibration.status
        )
    design = np.column_stack([calibration.expected, design[:, 1:]])
    fit = fitted(model.data, known, model.strata, design)
    counts = {"n": fit.n, "n_events": fit.n_events, "reliability": calibration.reliability}
    if fit.status:
        return model.row(name, **counts, status=fit.status)
    found = corrected_ratio(float(fit.coefficients[0]), float(fit.standard_errors[0]), calibration)
    lacking = int((chosen & ~known).sum())
    notes = (
        found.status,
        f"{lacking} left out who lack an interval" if lacking else "",
        without_batch(model.values, known),
        _LEVEL_ERROR if any(item.name == LEVEL for item in model.columns) else "",
    )
    ratios = np.exp(np.array([found.log_ratio, found.ci_low, found.ci_high]) * sd).tolist()
    return model.row(
        name,
        **counts,
        **dict(zip(("estimate", "ci_low", "ci_high"), ratios, strict=True)),
        p_value=found.p_value,
        status="; ".join(note for note in notes if note),
    )


def _ratios(log_ratio: float, sd: float, standard_error: float) -> dict[str, float]:
    """Return a ratio with its Wald interval, per SD."""
    z = normal_quantile(0.95)
    with np.errstate(over="ignore"):
        ends = np.exp(sd * (log_ratio + np.array([0.0, -z, z]) * standard_error)).tolist()
    return dict(zip(("estimate", "ci_low", "ci_high"), ends, strict=True))


def _rough(model: _Model, n: int, n_events: int) -> str:
    """Say that an interval is rough because events, or one of two outcomes, are few."""
    return few_events(n_events if model.data.survival is not None else min(n_events, n - n_events))


def _left_out(model: _Model, chosen: NDArray[np.bool_]) -> str:
    """Say how many were left out because a column is missing, or nothing."""
    lacking = int((chosen_participants(model.values, model.data.known) & ~chosen).sum())
    names = ", ".join(item.name for item in model.columns)
    return f"{lacking} left out who lack {names}" if lacking else ""
