"""What the repertoire of one person depends on: small, and the same in every process."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.plan import RepertoiresPlan

__all__ = ["Draw", "Person"]


@dataclass(frozen=True, slots=True)
class Draw:
    """One blood tube or biopsy of a person.

    Parameters
    ----------
    sample_id, visit : str
    compartment : str
        `blood` or `tumour`.
    day : int
        From treatment start.
    shares : float array, shape (phenotypes,)
        Of the blood's T cells, in the order of `BLOOD_PHENOTYPES`; sums to 1.
    has_single_cells : bool
        Whether part of it goes to 10x.
    """

    sample_id: str
    visit: str
    compartment: str
    day: int
    shares: NDArray[np.float64]
    has_single_cells: bool = False

    @property
    def name(self) -> str:
        """Return compartment and visit, as columns of the truth are named."""
        return f"{self.compartment}, {self.visit}"


@dataclass(frozen=True, slots=True)
class Person:
    """One person and all tubes that are sequenced.

    Parameters
    ----------
    seed : int
        Of the study.
    participant_id : str
    age_years : float
    is_patient, is_cmv_positive : bool
    is_treated : bool
        With immunotherapy.
    is_responder : bool
    shares : float array, shape (phenotypes,)
        Before treatment, as in `Draw`.
    draws : tuple of Draw
    plan : RepertoiresPlan
    """

    seed: int
    participant_id: str
    age_years: float
    is_patient: bool
    is_cmv_positive: bool
    is_treated: bool
    is_responder: bool
    shares: NDArray[np.float64]
    draws: tuple[Draw, ...]
    plan: RepertoiresPlan
