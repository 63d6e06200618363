"""The effect sizes of a stimulus on one marker of one population, each with its interval."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from macroimmune.response.effect_columns import effect_columns
from macroimmune.response.well import MarkerLevels

__all__ = ["ResponseEffects", "response_effects"]


@dataclass(frozen=True, slots=True)
class ResponseEffects:
    """What a stimulus does to one marker of one population; None where there is no estimate.

    Parameters
    ----------
    n_unstimulated, n_stimulated : int
        Cells with a value.
    mean_unstimulated, mean_stimulated, median_unstimulated, median_stimulated : float or None
    difference, difference_ci_low, difference_ci_high : float or None
        Mean stimulated - mean unstimulated.
    cells_se, thresholds_se, batch_se : float or None
        The standard errors of the difference that cells, thresholds and batches bring.
    percent_above, percent_above_ci_low, percent_above_ci_high : float or None
        Gain of percent above the unstimulated 99th percentile.
    signed_emd, signed_emd_ci_low, signed_emd_ci_high : float or None
        Earth mover's distance with the sign of the difference.
    emd_null : float or None
        95th percentile of the distance that counting alone gives, from random splits of the cells
        of both wells.
    superiority, superiority_ci_low, superiority_ci_high : float or None
        Probability that a stimulated cell has more than an unstimulated one.
    use : {"score", "effect size", "none"}
    status : str
    """

    n_unstimulated: int
    n_stimulated: int
    mean_unstimulated: float | None = None
    mean_stimulated: float | None = None
    median_unstimulated: float | None = None
    median_stimulated: float | None = None
    difference: float | None = None
    difference_ci_low: float | None = None
    difference_ci_high: float | None = None
    cells_se: float | None = None
    thresholds_se: float | None = None
    batch_se: float | None = None
    percent_above: float | None = None
    percent_above_ci_low: float | None = None
    percent_above_ci_high: float | None = None
    signed_emd: float | None = None
    signed_emd_ci_low: float | None = None
    signed_emd_ci_high: float | None = None
    emd_null: float | None = None
    superiority: float | None = None
    superiority_ci_low: float | None = None
    superiority_ci_high: float | None = None
    use: str = "none"
    status: str = ""


def response_effects(
    unstimulated: MarkerLevels,
    stimulated: MarkerLevels,
    *,
    batch_variance: float | None = None,
    batch_freedom: float = math.inf,
    rng: np.random.Generator,
) -> ResponseEffects:
    """Return the four effect sizes of a stimulus on one marker of one population.

    Parameters
    ----------
    unstimulated, stimulated : MarkerLevels
        Of the same population and marker in both wells.
    batch_variance : float, optional
        Variance of the difference between batches, from bridging controls.
    batch_freedom : float
        Degrees of freedom with which it was estimated.
    rng : numpy.random.Generator

    Returns
    -------
    effects : ResponseEffects

    Notes
    -----
    Convention: at least 50 cells in both wells for a score, 20 for an effect size. Interval of the
    difference: Welch's variance of both means, the variance over draws of thresholds in both wells,
    and that between batches, with Satterthwaite's degrees of freedom; each end is the farther of
    Student's and Hall's for skewed values. Where the spread rests on fewer than five cells (of
    values that are zero but in a few cells, those few) the status says so. Thresholds and batches
    act on the other effect sizes as a shift of the stimulated cells.
    Checked against: bootstrap of cells; coverage in known distributions.

    Examples
    --------
    >>> from macroimmune.response.marker_levels import marker_levels
    >>> rng = np.random.default_rng(1)
    >>> before, after = (marker_levels(rng.normal(x, 1, 200).astype("f4")) for x in (0, 2))
    >>> found = response_effects(before, after, rng=rng)
    >>> round(found.difference), round(found.superiority, 1), found.use
    (2, 0.9, 'score')
    """
    columns, [use], [status] = effect_columns(
        [unstimulated],
        [stimulated],
        batch_variance=np.array([np.nan if batch_variance is None else batch_variance]),
        batch_freedom=np.array([batch_freedom]),
        rng=rng,
    )
    numbers = {name: float(one[0]) for name, one in columns.items()}
    told: dict[str, Any] = {name: None if math.isnan(one) else one for name, one in numbers.items()}
    return ResponseEffects(
        n_unstimulated=unstimulated.n_cells,
        n_stimulated=stimulated.n_cells,
        **told,
        use=use,
        status=status,
    )
