"""One row of the table of cut-points, fixed beforehand or searched, and the table."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.ledger import KEYS, with_q_values
from macroimmune.association.row import AssociationRow
from macroimmune.association.values import ParticipantValues
from macroimmune.results import conform, empty

__all__ = ["FIXED", "SEARCHED", "CutRow", "cut_points_frame", "cut_row"]

FIXED, SEARCHED = "fixed beforehand", "searched"
_GAP = float("nan")


@dataclass(frozen=True, slots=True)
class CutRow:
    """One row of `cut_points.csv` before its q-value; fields are the columns there."""

    feature: str
    endpoint: str
    landmark_days: float | None
    unit: str
    kind: str
    cut: float
    effect: str
    method: str
    status: str
    n_low: int = 0
    n_high: int = 0
    events_low: int = 0
    events_high: int = 0
    p_value: float = _GAP
    cut_ci_low: float = _GAP
    cut_ci_high: float = _GAP
    share_near: float = _GAP
    share_at_border: float = _GAP
    statistic: float = _GAP
    statistic_threshold: float = _GAP
    lausen_schumacher_p_value: float = _GAP
    apparent_ratio: float = _GAP
    shrunken_ratio: float = _GAP
    shrunken_ci_low: float = _GAP
    shrunken_ci_high: float = _GAP
    fixed_cut_ratio: float = _GAP
    fixed_cut_ci_low: float = _GAP
    fixed_cut_ci_high: float = _GAP
    continuous_ratio: float = _GAP
    continuous_ci_low: float = _GAP
    continuous_ci_high: float = _GAP
    continuous_p_value: float = _GAP
    continuous_scale: str = ""

    def beside(self, continuous: AssociationRow) -> "CutRow":
        """Return the row with the continuous effect, the primary one, beside the cut."""
        return replace(
            self,
            continuous_ratio=continuous.estimate,
            continuous_ci_low=continuous.ci_low,
            continuous_ci_high=continuous.ci_high,
            continuous_p_value=continuous.p_value,
            continuous_scale=continuous.scale,
        )


def cut_row(
    values: ParticipantValues,
    data: EndpointData,
    *,
    kind: str,
    cut: float,
    method: str,
    status: str,
) -> CutRow:
    """Return the row of a cut with the participants and events of both sides.

    Parameters
    ----------
    values : ParticipantValues
    data : EndpointData
    kind : {"fixed beforehand", "searched"}
    cut : float
        In the unit of the feature; NaN where there is none.
    method, status : str
    """
    chosen = data.known & ~np.isnan(values.values)
    above = values.values[chosen] > cut
    happened = data.outcome_of(chosen) if data.survival is None else data.survival_of(chosen).event
    sides = _counts(above, happened) if not np.isnan(cut) else (0, 0, 0, 0)
    return CutRow(
        feature=values.definition.id,
        endpoint=data.endpoint.id,
        landmark_days=values.landmark_days,
        unit=values.definition.unit,
        kind=kind,
        cut=cut,
        effect="odds_ratio" if data.survival is None else "hazard_ratio",
        method=method,
        status=status,
        n_low=sides[0],
        n_high=sides[1],
        events_low=sides[2],
        events_high=sides[3],
    )


def _counts(above: NDArray[np.bool_], happened: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    return (
        int((~above).sum()),
        int(above.sum()),
        int((happened & ~above).sum()),
        int((happened & above).sum()),
    )


def cut_points_frame(rows: Sequence[CutRow], ledger: pl.DataFrame) -> pl.DataFrame:
    """Return the table `cut_points` of the results contract, with q-values."""
    if not rows:
        return empty("cut_points")
    frame = pl.DataFrame(
        [asdict(row) for row in rows],
        schema_overrides={"landmark_days": pl.Float64},
        infer_schema_length=None,
    )
    frame = frame.with_columns(pl.col(name).cast(ledger.schema[name]) for name in KEYS)
    return conform("cut_points", with_q_values(frame, ledger))
