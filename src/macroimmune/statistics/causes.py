"""What every kernel of competing events checks: a cause for each event, and no late entry."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival

__all__ = ["cause_codes"]


def cause_codes(survival: Survival, cause: ArrayLike, of: int) -> NDArray[np.intp]:
    """Return the cause of each participant's event, checked against the events.

    Parameters
    ----------
    survival : Survival
        `event` is True for an event of any cause.
    cause : int array, shape (n,)
        0 where no event was seen, else the code of its cause.
    of : int
        The cause that is asked about.

    Returns
    -------
    codes : int array, shape (n,)

    Raises
    ------
    InputError
        If causes and events do not agree, or participants entered late: weights by one censoring
        curve do not hold for them.

    Examples
    --------
    >>> s = Survival(time=np.array([1.0, 2.0]), event=np.array([True, False]))
    >>> cause_codes(s, [2, 0], 1)
    array([2, 0])
    """
    codes = np.asarray(cause)
    if codes.shape != (survival.n,) or codes.dtype.kind not in "iu" or of < 1:
        msg = (
            f"one whole number per participant, 0 without an event, and a cause from 1 on: "
            f"{survival.n} participants, causes {codes.shape} of {codes.dtype}, asked for {of}"
        )
        raise InputError(msg)
    apart = ((codes > 0) != survival.event) | (codes < 0)
    if apart.any():
        first = int(np.flatnonzero(apart)[0])
        msg = (
            f"cause and event disagree in {int(apart.sum())} participants, the first at position "
            f"{first} (cause {codes[first]}, event {survival.event[first]}); an event needs a "
            "cause from 1 on, its absence the cause 0"
        )
        raise InputError(msg)
    if survival.entry is not None:
        msg = (
            "competing events are not analysed for participants who entered late (entry given); "
            "use a landmark at which all were observed"
        )
        raise InputError(msg)
    return codes.astype(np.intp)
