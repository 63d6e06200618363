"""Which T cells carry the clones of blood and of tumours, and how crowded their clones are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.leaves import LEAVES

__all__ = [
    "BLOOD_PHENOTYPES",
    "MEMORY",
    "MEMORY_CD8",
    "NAIVE",
    "TUMOUR_PHENOTYPES",
    "BloodPhenotype",
    "phenotype_shares",
    "tumour_phenotype_shares",
]


@dataclass(frozen=True, slots=True)
class BloodPhenotype:
    """One population of T cells in blood.

    Parameters
    ----------
    id : str
        As in `LEAVES`.
    is_naive : bool
        Its clones are all equally small; those of the others follow the power law.
    crowding : float
        Clones per share of T cells, relative to central-memory CD4; assumed. Few for effector
        cells: their clones are large.
    """

    id: str
    is_naive: bool
    crowding: float


# Without MAIT and gamma-delta T cells, whose receptors are not drawn from all genes.
BLOOD_PHENOTYPES = (
    BloodPhenotype("naive_cd4", is_naive=True, crowding=0.0),
    BloodPhenotype("naive_treg", is_naive=True, crowding=0.0),
    BloodPhenotype("naive_cd8", is_naive=True, crowding=0.0),
    BloodPhenotype("cm_cd4", is_naive=False, crowding=1.0),
    BloodPhenotype("em_cd4", is_naive=False, crowding=0.7),
    BloodPhenotype("temra_cd4", is_naive=False, crowding=0.15),
    BloodPhenotype("effector_treg", is_naive=False, crowding=0.8),
    BloodPhenotype("cm_cd8", is_naive=False, crowding=0.6),
    BloodPhenotype("em_cd8", is_naive=False, crowding=0.4),
    BloodPhenotype("temra_cd8", is_naive=False, crowding=0.10),
    BloodPhenotype("cd8_senescent", is_naive=False, crowding=0.08),
    BloodPhenotype("ki67_cd8", is_naive=False, crowding=0.4),
)
NAIVE = np.array([kind.is_naive for kind in BLOOD_PHENOTYPES])
MEMORY = ~NAIVE
MEMORY_CD8 = MEMORY & np.array(["cd8" in kind.id for kind in BLOOD_PHENOTYPES])

TUMOUR_PHENOTYPES = ("exhausted_cd8", "bystander_cd8", "tumour_cd4", "tumour_treg")
# Of the T cells in a tumour that are not CD8, the share of regulatory ones; assumed.
_TREG_OF_OTHERS = 0.35
_LEAF_PLACES = np.array([list(LEAVES).index(kind.id) for kind in BLOOD_PHENOTYPES])


def phenotype_shares(fractions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of each blood phenotype among these T cells.

    Parameters
    ----------
    fractions : float array, shape (..., leaves)
        Of the mononuclear cells, in the order of `LEAVES`.

    Returns
    -------
    shares : float array, shape (..., phenotypes)
        In the order of `BLOOD_PHENOTYPES`; sum to 1.
    """
    picked = fractions[..., _LEAF_PLACES]
    shares: NDArray[np.float64] = picked / picked.sum(axis=-1, keepdims=True)
    return shares


def tumour_phenotype_shares(exhausted: float, bystander: float) -> NDArray[np.float64]:
    """Return the shares of the four tumour phenotypes, given those of the two of CD8 T cells.

    Examples
    --------
    >>> tumour_phenotype_shares(0.40, 0.25).round(4).tolist()
    [0.4, 0.25, 0.2275, 0.1225]
    """
    others = 1.0 - exhausted - bystander
    return np.array([
        exhausted,
        bystander,
        others * (1.0 - _TREG_OF_OTHERS),
        others * _TREG_OF_OTHERS,
    ])
