"""What the evaluation of one claim gave."""

from dataclasses import dataclass

from macroimmune.mechanism.acceptance.judgement import SIGNS

__all__ = ["ClaimOutcome", "days_in_words", "not_evaluated"]


@dataclass(frozen=True, slots=True)
class ClaimOutcome:
    """What one claim came to.

    Parameters
    ----------
    claim_id : str
    tumours : tuple of str
        In which it was run; empty where it could not be planned.
    day : str
        Window that was read, in words.
    condition_value, comparator_value, ratio, association : float or None
        Geometric means over the tumours (the association: mean); None where there is none.
    holds : tuple of bool
        Whether each of `SIGNS` holds in every tumour.
    value_holds : bool
        Whether the number lies where it should; of claims of numbers.
    passed : bool
    found : str
        `up`, `down`, `unchanged`, the number, or empty where it was not evaluated.
    status : str
        Empty, why it could not be evaluated, or what was found in each of several tumours.
    """

    claim_id: str
    tumours: tuple[str, ...] = ()
    day: str = ""
    condition_value: float | None = None
    comparator_value: float | None = None
    ratio: float | None = None
    association: float | None = None
    holds: tuple[bool, ...] = (False,) * len(SIGNS)
    value_holds: bool = False
    passed: bool = False
    found: str = ""
    status: str = ""

    @property
    def is_evaluated(self) -> bool:
        """Return whether a ratio, an association or a number was found."""
        return self.found != ""

    @property
    def size(self) -> float | None:
        """Return the ratio or the association, whichever there is."""
        return self.ratio if self.association is None else self.association


def not_evaluated(claim_id: str, reason: str) -> ClaimOutcome:
    """Return the outcome of a claim that could not be evaluated, and so fails."""
    return ClaimOutcome(claim_id, status=f"not evaluated: {reason}")


def days_in_words(*windows: tuple[float, float]) -> str:
    """Return windows in words, those of both sides where they differ.

    Examples
    --------
    >>> days_in_words((7, 28), (-1, -1))
    '7 to 28 / -1'
    """
    words = [f"{low:g}" if low == high else f"{low:g} to {high:g}" for low, high in windows]
    return " / ".join(dict.fromkeys(words))
