"""The declared rules by which a tumour course becomes scans, response, progression and death."""

from dataclasses import dataclass

from macroimmune.errors import InputError

__all__ = ["OutcomeRules"]


@dataclass(frozen=True, slots=True)
class OutcomeRules:
    """How outcomes are read off a tumour course.

    Parameters
    ----------
    scan_every : int, days
        Between scans after treatment start; 6 to 9 weeks in most trials.
    scan_error : float
        SD of the natural logarithm of a measured sum of diameters; 0: exact. Assumed.
    cells_per_ml : float, 10^9 cells per mL
        Tumour cells in one mL of tumour. Assumed: 1.
    visible_mm : float
        A lesion with a smaller diameter is not seen and counts 0.
    measurable_mm : float
        A patient without a lesion of at least this diameter before treatment is left out.
    new_lesion_mm : float
        A lesion that was not seen before treatment is a new one from this diameter on.
    death_hazard : float, per day
        The greatest hazard of death that a tumour brings. Assumed.
    half_hazard : float, 10^9 cells
        Tumour cells at which it brings half of that. Assumed.
    other_hazard : float, per day
        Of death from other causes. Assumed.
    lethal : float, 10^9 cells
        A patient with so many tumour cells dies on that day. Assumed.
    durable : int, days
        A response, or stable disease so long without progression, is a durable clinical benefit.

    Raises
    ------
    InputError
        If a number is negative, or nothing where it divides.

    Notes
    -----
    Convention: sizes of lesions by RECIST 1.1: at least 30 % below the sum before treatment is a
    partial response, at least 20 % and 5 mm above the smallest sum, or a new lesion, progression.
    """

    scan_every: int = 56
    scan_error: float = 0.0
    cells_per_ml: float = 1.0
    visible_mm: float = 5.0
    measurable_mm: float = 10.0
    new_lesion_mm: float = 10.0
    death_hazard: float = 0.01
    half_hazard: float = 400.0
    other_hazard: float = 0.00003
    lethal: float = 950.0
    durable: int = 182

    def __post_init__(self) -> None:
        """Refuse rules that cannot be.

        Raises
        ------
        InputError
            As the class says.
        """
        for name in ("scan_every", "cells_per_ml", "half_hazard", "lethal", "durable"):
            if not getattr(self, name) > 0:
                msg = f"outcomes.{name} = {getattr(self, name)}: expected a number above 0"
                raise InputError(msg)
        others = ("scan_error", "visible_mm", "measurable_mm", "new_lesion_mm", "death_hazard")
        for name in (*others, "other_hazard"):
            if not getattr(self, name) >= 0:
                msg = f"outcomes.{name} = {getattr(self, name)}: expected a number from 0 up"
                raise InputError(msg)
