"""One row of the associations, and the scale on which a feature enters its model."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.values import ParticipantValues
from macroimmune.features import SCALE_LABELS, is_standardised

__all__ = ["AssociationRow", "nobody", "on_model_scale", "row_of"]

_TOO_LARGE = "the effect or its interval is too large to be written as a number"


@dataclass(frozen=True, slots=True)
class AssociationRow:
    """One row of `associations.csv` before its q-value; fields are the columns there."""

    feature: str
    endpoint: str
    landmark_days: float | None
    scale: str
    effect: str
    estimate: float
    ci_low: float
    ci_high: float
    p_value: float
    n: int
    n_events: int
    n_excluded: int
    log_effect_per_sd: float
    standard_error_per_sd: float
    nonlinearity_p_value: float
    proportional_hazards_p_value: float
    method: str
    status: str
    mann_whitney_u: float = float("nan")
    mann_whitney_p_value: float = float("nan")

    def to_dict(self) -> dict[str, object]:
        """Return the row by column."""
        return asdict(self)


def on_model_scale(on_scale: NDArray[np.float64], scale: str) -> tuple[NDArray[np.float64], float]:
    """Return the covariate of a model and the SD of that covariate.

    Parameters
    ----------
    on_scale : float array, shape (participants,)
        Without missing values.
    scale : str
        Standardised scales are centred and divided by their SD, so that the effect is per SD.

    Returns
    -------
    covariate : float array, shape (participants,)
    sd : float
        Of the covariate: 1 for a standardised scale; 0 where nothing varies.
    """
    sd = float(np.std(on_scale, ddof=1)) if on_scale.size > 1 else 0.0
    if not is_standardised(scale):
        return on_scale, sd
    if not sd > 0:
        return np.zeros_like(on_scale), 0.0
    return (on_scale - on_scale.mean()) / sd, 1.0


def row_of(
    values: ParticipantValues,
    data: EndpointData,
    *,
    effect: str,
    estimate: tuple[float, float, float],
    p_value: float,
    per_sd: tuple[float, float],
    counts: tuple[int, int],
    method: str,
    status: str,
    scale: str = "",
    nonlinearity_p_value: float = float("nan"),
    proportional_hazards_p_value: float = float("nan"),
) -> AssociationRow:
    """Return the row of a fitted association; `counts` are participants and events.

    A ratio or limit too large to be written as a number empties all three and the status says so.
    """
    if np.isinf(estimate).any():
        estimate, per_sd = (float("nan"),) * 3, (float("nan"),) * 2
        status = "; ".join(part for part in (_TOO_LARGE, status) if part)
    return AssociationRow(
        feature=values.definition.id,
        endpoint=data.endpoint.id,
        landmark_days=values.landmark_days,
        scale=scale or SCALE_LABELS[values.definition.scale],
        effect=effect,
        estimate=float(estimate[0]),
        ci_low=float(estimate[1]),
        ci_high=float(estimate[2]),
        p_value=float(p_value),
        n=counts[0],
        n_events=counts[1],
        n_excluded=values.values.size - counts[0],
        log_effect_per_sd=float(per_sd[0]),
        standard_error_per_sd=float(per_sd[1]),
        nonlinearity_p_value=float(nonlinearity_p_value),
        proportional_hazards_p_value=float(proportional_hazards_p_value),
        method=method,
        status=status if counts[0] else nobody(values),
    )


def nobody(values: ParticipantValues) -> str:
    """Say that no participant can be in the estimate, and why."""
    if values.landmark_days is None:
        return "no participant with this endpoint has a value in the baseline window"
    return (
        "no participant who was followed past the landmark has a value after treatment start and "
        f"up to day {values.landmark_days:g}"
    )
