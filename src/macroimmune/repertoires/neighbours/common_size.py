"""How many receptors would have a neighbour if only some of the receptors were there."""

import numpy as np
from scipy.special import gammaln

from macroimmune.errors import InputError

__all__ = ["share_with_neighbour_at"]


def share_with_neighbour_at(histogram: np.ndarray, size: int) -> float:
    """Return the expected share with a neighbour among `size` receptors drawn from these.

    Parameters
    ----------
    histogram : int array, shape (most neighbours + 1,)
        Receptors with 0, 1, 2 ... neighbours among all n; its sum is n.
    size : int
        Receptors that are drawn without replacement, 1 to n.

    Returns
    -------
    share : float, 0 to 1
        Exact expectation, no draw is made. With size n it is the share with any neighbour.

    Raises
    ------
    InputError
        If the size is not from 1 to n, or a receptor has more neighbours than there are others.

    Notes
    -----
    Convention: a receptor that was drawn has no neighbour when the other size - 1 all fall among
    the n - 1 - d receptors that are none of its d neighbours: hypergeometric,
    C(n - 1 - d, size - 1) / C(n - 1, size - 1). Each is drawn with the same chance, so the share is
    one less the mean of this over receptors. Checked against: all subsets of small graphs.

    Examples
    --------
    Two neighbours and one without, of which two are drawn: only the pair, one draw in three.

    >>> round(share_with_neighbour_at(np.array([1, 2]), 2), 12)
    0.333333333333
    """
    n = int(histogram.sum())
    if not 1 <= size <= n:
        msg = f"{size} receptors cannot be drawn from {n}: expected a size from 1 to {n}"
        raise InputError(msg)
    degree = np.flatnonzero(histogram)
    others = n - 1
    if degree[-1] > others:
        msg = f"a receptor among {n} has 0 to {others} neighbours; found {degree[-1]}"
        raise InputError(msg)
    # Where fewer than size - 1 receptors are no neighbours, one of the neighbours is surely drawn.
    is_open = others - degree >= size - 1
    free = others - degree[is_open]
    alone = np.zeros(degree.size)
    alone[is_open] = np.exp(
        gammaln(free + 1)
        - gammaln(free - size + 2)
        - gammaln(others + 1)
        + gammaln(others - size + 2)
    )
    return float(np.dot(1.0 - alone, histogram[degree]) / n)
