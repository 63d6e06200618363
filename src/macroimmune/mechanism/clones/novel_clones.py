"""Clones of a tumour that were not there before treatment, and where else they are found."""

from dataclasses import dataclass

import numpy as np

from macroimmune.mechanism.clones.sampled_repertoires import SampledBiopsy, SampledBlood

__all__ = ["NovelShares", "novel_shares"]

NONE_LEFT = "no clone of the later biopsy has enough cells"
NONE_NOVEL = "no clone of the later biopsy is novel"


@dataclass(frozen=True, slots=True)
class NovelShares:
    """Shares of clones after treatment; NaN where `status` says why.

    Parameters
    ----------
    clones : int
        Of the later biopsy, with enough cells.
    novel : int
        Of them, those that the earlier biopsy lacks.
    novel_share : float
        Of the clones.
    exhausted_share : float
        Of novel clones, those whose cells are mostly exhausted.
    blood_share : float
        Of novel clones, those seen in blood at any time.
    earlier_blood_share : float
        Of novel clones, those seen in blood before treatment.
    novel_share_of_exhausted : float
        Of the clones that are mostly exhausted.
    status : str
    """

    clones: int
    novel: int
    novel_share: float
    exhausted_share: float
    blood_share: float
    earlier_blood_share: float
    novel_share_of_exhausted: float
    status: str


def novel_shares(
    before: SampledBiopsy,
    after: SampledBiopsy,
    bloods: tuple[SampledBlood, ...],
    least_cells: int = 2,
) -> NovelShares:
    """Return what share of a later biopsy's clones is novel, and what novel clones are.

    Parameters
    ----------
    before, after : SampledBiopsy
        Of the same tumour.
    bloods : tuple of SampledBlood
        Those not later than the earlier biopsy count as before treatment.
    least_cells : int
        That a clone needs in both biopsies together.

    Notes
    -----
    Convention: novel means not seen in the earlier biopsy, as in Yost 2019 (Nat Med 25, 1251), so
    it holds clones that were missed. A clone is exhausted when at least half of its sampled cells
    are.
    """
    nan = float("nan")
    counted = (after.cells > 0) & (before.cells + after.cells >= least_cells)
    n = int(counted.sum())
    if n == 0:
        return NovelShares(0, 0, nan, nan, nan, nan, nan, after.status or NONE_LEFT)
    novel = counted & (before.cells == 0)
    exhausted = counted & (2 * after.exhausted >= after.cells)
    of_exhausted = float((novel & exhausted).sum() / exhausted.sum()) if exhausted.any() else nan
    found = int(novel.sum())
    if found == 0:
        return NovelShares(n, 0, 0.0, nan, nan, nan, of_exhausted, NONE_NOVEL)
    ever = np.zeros(len(novel), bool)
    earlier = np.zeros(len(novel), bool)
    for blood in bloods:
        ever |= blood.cells > 0
        if blood.day <= before.day:
            earlier |= blood.cells > 0
    return NovelShares(
        n,
        found,
        found / n,
        float((novel & exhausted).sum() / found),
        float((novel & ever).sum() / found),
        float((novel & earlier).sum() / found),
        of_exhausted,
        "",
    )
