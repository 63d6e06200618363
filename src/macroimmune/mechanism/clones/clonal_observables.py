"""What claims say of clones, as numbers by day: diversity, sharing, expansion, novelty."""

from collections.abc import Callable, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import special

from macroimmune.mechanism.clones.clonal_run import ClonalRun, clonal_run
from macroimmune.mechanism.clones.clone_settings import CloneSettings
from macroimmune.mechanism.clones.novel_clones import novel_shares
from macroimmune.mechanism.clones.run_totals import CELLS_PER_UNIT
from macroimmune.mechanism.scenarios import ScenarioRun

__all__ = ["CLONAL_OBSERVABLES", "PUBLISHED_SHARES", "clonal_observables", "published_shares"]

Values = NDArray[np.float64]
Reading = Callable[[ClonalRun, float], float | None]

_EFFECTOR_MEMORY = ("E8_bl", "Mem8_bl")
_OUTSIDE = ("A8a_ln", "A8b_ln", "E8_bl", "E8_sp", "Mem8_bl")
# Templates of one clone in a blood sample from which it is called expanded.
_EXPANDED = 3
_REPEATS = 5


def _seen(shares: Values, depth: int, least: int = 1) -> Values:
    """Return the chance that a sample of `depth` cells holds at least so many of each clone."""
    chance: Values = np.asarray(special.gammainc(least, depth * shares), dtype=float)
    return chance


def _blood_shares(run: ClonalRun, day: float) -> Values:
    """Return the share of each CD8 clone among T cells of blood: specific, then memory."""
    pools = run.pools(day)
    specific = run.history.in_compartment(day, "bl").astype(float)
    whole = specific.sum() + sum(pools.values())
    if whole <= 0.0:
        return np.zeros(len(specific) + len(run.memory_cd8))
    shares: Values = np.concatenate([specific, pools["M8_bl"] * run.memory_cd8]) / whole
    return shares


def _tumour_shares(run: ClonalRun, day: float) -> Values:
    """Return the share of each CD8 clone among those of the tumour; zeros if there is none."""
    specific = run.history.in_compartment(day, "tu").astype(float)
    if specific.sum() == 0.0:
        return np.zeros(len(specific) + len(run.memory_cd8))
    passing = run.settings.bystander_share
    return np.concatenate([
        (1.0 - passing) * specific / specific.sum(),
        passing * run.memory_cd8,
    ])


def _diversity(counts: NDArray[np.int64]) -> float | None:
    """Return the exponential of the entropy of counts."""
    seen = counts[counts > 0]
    if len(seen) == 0:
        return None
    share = seen / seen.sum()
    return float(np.exp(-(share * np.log(share)).sum()))


def _tcr_diversity(run: ClonalRun, day: float) -> float | None:
    return _diversity(run.blood(day).counts())


def _cd4_tcr_diversity(run: ClonalRun, day: float) -> float | None:
    blood = run.blood(day)
    once = np.ones(blood.naive_cd4, np.int64)
    return _diversity(np.concatenate([blood.others, once]))


def _treg_clonality(run: ClonalRun, day: float) -> float | None:
    shares = run.regulatory.shares(day, "bl")
    if shares.sum() == 0.0:
        return None
    rng = np.random.default_rng([run.seed, round(day + 1e5)])
    found = []
    for counts in rng.multinomial(run.settings.depth.treg_cells, shares, size=_REPEATS):
        diversity, kinds = _diversity(counts), int((counts > 0).sum())
        if diversity is not None and kinds > 1:
            found.append(1.0 - np.log(diversity) / np.log(kinds))
    return float(np.mean(found)) if found else 1.0


def _treg_sharing(run: ClonalRun, day: float) -> float | None:
    blood, tumour = (run.regulatory.shares(day, place) for place in ("bl", "tu"))
    depth = run.settings.depth.treg_cells
    in_tumour = _seen(tumour, depth)
    if in_tumour.sum() == 0.0:
        return None
    return float(in_tumour @ _seen(blood, depth) / in_tumour.sum())


def _treg_sharing_by_chance(run: ClonalRun, day: float) -> float | None:
    # Clonotypes of Treg at random, whatever their size.
    shares = run.regulatory.shares(day, "bl")
    if shares.sum() == 0.0:
        return None
    return float(_seen(shares, run.settings.depth.treg_cells).mean())


def _sharing(run: ClonalRun, day: float) -> float | None:
    tumour, blood = _tumour_shares(run, day), _blood_shares(run, day)
    in_tumour = _seen(tumour, run.settings.depth.tumour_cells)
    if in_tumour.sum() == 0.0:
        return None
    return float(in_tumour @ _seen(blood, run.settings.depth.blood_templates) / in_tumour.sum())


def _sharing_by_chance(run: ClonalRun, day: float) -> float | None:
    # A tumour filled with CD8 clonotypes of the body at random, nearly all of them naive.
    pools = run.pools(day)
    cells = sum(pools.values())
    if cells <= 0.0:
        return None
    seen = run.settings.depth.blood_templates * pools["N8_bl"] / cells
    return float(min(seen / run.settings.naive_clones, 1.0))


def _novel_clones(run: ClonalRun, day: float) -> float | None:
    before, after = _tumour_shares(run, 0.0), _tumour_shares(run, day)
    depth = run.settings.depth.tumour_cells
    return float((1.0 - _seen(before, depth)) @ _seen(after, depth))


def _resident_expansion(run: ClonalRun, day: float) -> float | None:
    before, after = (run.history.in_compartment(at, "tu") for at in (0.0, day))
    resident = before > 0
    return float(after[resident].sum() / before.sum()) if resident.any() else None


def _existing_proliferation(run: ClonalRun, day: float) -> float | None:
    before, after = (run.history.in_subsets(at, _EFFECTOR_MEMORY) for at in (0.0, day))
    existing = before > 0
    return float(after[existing].sum() / before.sum()) if existing.any() else None


def _singleton_expansion(run: ClonalRun, day: float) -> float | None:
    depth = run.settings.depth.blood_templates
    before = _blood_shares(run, 0.0)
    once = _seen(before, depth) - _seen(before, depth, 2)
    return float(once @ _seen(_blood_shares(run, day), depth, _EXPANDED))


def _effector_memory_expansion(run: ClonalRun, day: float) -> float | None:
    return _expanded_cells(run, day, _EFFECTOR_MEMORY)


def _pd1_expansion(run: ClonalRun, day: float) -> float | None:
    return _expanded_cells(run, day, ("E8_bl",))


def _expanded_cells(run: ClonalRun, day: float, subsets: tuple[str, ...]) -> float:
    """Return cells of these subsets that belong to clones large enough to be called expanded."""
    shares = _blood_shares(run, day)[: len(run.history.founded)]
    cells = run.history.in_subsets(day, subsets)
    expanded = _seen(shares, run.settings.depth.blood_templates, _EXPANDED)
    return float(cells @ expanded) / CELLS_PER_UNIT


def _specific_expansion(run: ClonalRun, day: float) -> float | None:
    cells = run.history.in_subsets(day, _OUTSIDE)
    number = int((cells > 0).sum())
    return float(cells.sum() / number) if number else None


def _breadth(run: ClonalRun, day: float) -> float | None:
    shares = _blood_shares(run, day)[: len(run.history.founded)]
    return float(_seen(shares, run.settings.depth.blood_templates).sum())


def _primed_clones(run: ClonalRun, day: float) -> float | None:
    founded = run.history.founded
    return float(((founded > day - 7.0) & (founded <= day)).sum() / 7.0)


# By the words of the claims: observable and compartment.
CLONAL_OBSERVABLES: MappingProxyType[tuple[str, str], Reading] = MappingProxyType({
    ("TCR diversity", "blood"): _tcr_diversity,
    ("TCR diversity", "periphery"): _tcr_diversity,
    ("CD4 TCR diversity", "blood"): _cd4_tcr_diversity,
    ("Treg clonality", "blood"): _treg_clonality,
    ("Treg clonality", "periphery"): _treg_clonality,
    ("Treg blood-tumour clone sharing", "blood"): _treg_sharing,
    ("Treg blood-tumour clone sharing by chance", "blood"): _treg_sharing_by_chance,
    ("blood-tumour clone sharing", "blood"): _sharing,
    ("blood-tumour clone sharing by chance", "blood"): _sharing_by_chance,
    ("novel T cell clones", "tumour"): _novel_clones,
    ("novel T cell clone priming", "dLN"): _primed_clones,
    ("resident T cell clone expansion", "tumour"): _resident_expansion,
    ("existing T cell clone proliferation", "blood"): _existing_proliferation,
    ("singleton clone expansion", "blood"): _singleton_expansion,
    ("effector memory CD8 T cell clonal expansion", "blood"): _effector_memory_expansion,
    ("PD1+ CD8 T cell clonal expansion", "blood"): _pd1_expansion,
    ("tumour-specific T cell clonal expansion", "periphery"): _specific_expansion,
    ("breadth of T cell reactivity", "blood"): _breadth,
})
# Fields of `NovelShares`, in percent, by the words of the claims.
PUBLISHED_SHARES: MappingProxyType[tuple[str, str], str] = MappingProxyType({
    ("share of CD8 clones that are novel", "tumour"): "novel_share",
    ("share of novel clones with exhaustion markers", "tumour"): "exhausted_share",
    ("share of novel clones found in blood", "blood"): "blood_share",
    ("share of novel clones found in blood before therapy", "blood"): "earlier_blood_share",
})


def clonal_observables(
    run: ScenarioRun,
    seed: int,
    *,
    days: Sequence[float] = (0.0, 7.0, 14.0, 21.0, 30.0, 60.0),
    settings: CloneSettings | None = None,
    only: Sequence[tuple[str, str]] | None = None,
) -> dict[tuple[str, str], dict[float, float]]:
    """Return what claims say of clones, by observable and compartment, then by day.

    Parameters
    ----------
    run : ScenarioRun
        By `clone_engine`.
    seed : int
    days : sequence of float
        Those after the run are left out; the start of treatment and the last day are always read.
    settings : CloneSettings or None
    only : sequence of (observable, compartment) or None
        Those that are wanted; None for all.

    Returns
    -------
    observables : dict
        A day on which the observable is not defined, such as a share of no clones, is left out.

    Notes
    -----
    Convention: sharing and novelty are chances of being seen at the depth of the settings, not one
    draw, so that contrasts of two runs are not those of sampling; shares of published studies are
    percent, means of five draws. On day 0, novel clones are those of a second biopsy of that day:
    what depth alone gives.
    """
    clones = clonal_run(run.course, seed, days=days, settings=settings)
    wanted = (*CLONAL_OBSERVABLES, *PUBLISHED_SHARES) if only is None else only
    shares = published_shares(clones) if any(name in PUBLISHED_SHARES for name in wanted) else {}
    found: dict[tuple[str, str], dict[float, float]] = {}
    for name in wanted:
        if name in PUBLISHED_SHARES:
            found[name] = shares[name]
            continue
        values = ((day, CLONAL_OBSERVABLES[name](clones, day)) for day in clones.days)
        found[name] = {day: value for day, value in values if value is not None}
    return found


def published_shares(run: ClonalRun) -> dict[tuple[str, str], dict[float, float]]:
    """Return the shares of novel clones that studies publish, in percent, by day after day 0."""
    found: dict[tuple[str, str], dict[float, float]] = {name: {} for name in PUBLISHED_SHARES}
    least = run.settings.depth.least_cells
    before = [(run.biopsy(0.0, repeat), run.blood(0.0, repeat)) for repeat in range(_REPEATS)]
    for day in (day for day in run.days if day > 0.0):
        shares = [
            novel_shares(biopsy, run.biopsy(day, repeat), (blood, run.blood(day, repeat)), least)
            for repeat, (biopsy, blood) in enumerate(before)
        ]
        for name, field in PUBLISHED_SHARES.items():
            values = np.array([getattr(one, field) for one in shares])
            if np.isfinite(values).any():
                found[name][day] = 100.0 * float(np.nanmean(values))
    return found
