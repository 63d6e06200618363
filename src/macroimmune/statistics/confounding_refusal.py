"""When batch and group cannot be told apart: no alignment, and no test of what is measured."""

from collections.abc import Sequence

import numpy as np

from macroimmune.statistics.confounding import confounding

__all__ = ["SMALL_P", "confounding_refusal"]

# Assumed: from here on removing the batch takes a visible part of the difference of groups along,
# and a visible part of what differs between groups may be the batch.
_LARGE_V = 0.3
SMALL_P = 0.05


def confounding_refusal(
    batch: Sequence[str],
    label: Sequence[str],
    of: str,
    *,
    rng: np.random.Generator,
    largest_p: float = SMALL_P,
) -> str:
    """Return why batches must be neither aligned nor compared, empty where they may be.

    Parameters
    ----------
    batch, label : sequences of str, one per unit
        Of a participant (of a sample, for time points): where it was measured, which group it is
        in. An empty text is missing: the unit is left out.
    of : str
        What the groups are, for the sentence: response, arm, time point.
    rng : numpy Generator
    largest_p : float
        Below which p tells confounding; smaller where the question is asked several times.

    Returns
    -------
    sentence : str

    Notes
    -----
    Convention: refused where every batch holds one group only, or where Cramer's V, corrected for
    bias, is at least 0.3 (assumed) with p < 0.05 (`largest_p`) by permutation. One group, one batch
    or no unit with both: nothing to confound.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> confounding_refusal(["1", "1", "2", "2"], ["a", "a", "b", "b"], "arm", rng=rng)
    'batch is confounded with arm: each of 2 batches holds one group only (4 units, 2 groups)'
    >>> confounding_refusal(["1", "1", "2", "2"], ["a", "b", "a", "b"], "arm", rng=rng)
    ''
    """
    found = confounding(batch, label, rng=rng)
    if found.is_complete:
        return (
            f"batch is confounded with {of}: each of {found.n_first} batches holds one group only "
            f"({found.n} units, {found.n_second} groups)"
        )
    if found.cramers_v >= _LARGE_V and found.p_value < largest_p:
        return (
            f"batch is confounded with {of}: Cramér's V {found.cramers_v:.2f}, "
            f"p = {found.p_value:.2g} ({found.n} units, {found.n_first} batches, "
            f"{found.n_second} groups)"
        )
    return ""
