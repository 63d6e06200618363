"""The claims of the fitted sections as hinge terms: how far each is from where it passes."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.evidence import Claim
from macroimmune.mechanism.acceptance import (
    ClaimOutcome,
    Plan,
    claim_outcomes,
    is_association,
    is_clonal,
    plans_of,
    rules,
    scorable_claims,
    scored_claims,
)
from macroimmune.mechanism.fitting.loss import Terms

__all__ = ["claim_terms", "costly_claims", "fitted_claims", "measured_claims", "pass_region"]

Floats = NDArray[np.float64]

# A claim that needs more runs is of a virtual cohort, which is too long for every step of a fit.
_MOST_RUNS = 20
# The most that a group of claims costs: as much as a quantity at two standard deviations.
_MOST = 4.0
# Where the mean over tumours passes and one tumour does not: so far outside, on the log scale.
_IN_ONE_TUMOUR = 0.02


def fitted_claims(every: Sequence[Claim] | None = None) -> tuple[Claim, ...]:
    """Return the scored claims that a fit reads.

    Parameters
    ----------
    every : sequence of Claim or None
        None: all that are scored.

    Notes
    -----
    Convention: claims of sections that the rules hold out are taken away before anything of them
    but their section is read; then those that the model cannot be asked for, those read from
    clones, which chance moves, and those of virtual cohorts.
    """
    return _candidates(every, costly=False)


def costly_claims() -> tuple[Claim, ...]:
    """Return the scored claims that a fit may see and that take too long for each of its steps.

    Notes
    -----
    Convention: those of sections that are not held out which `fitted_claims` leaves away because
    they are read from clones or a virtual cohort.
    """
    return _candidates(None, costly=True)


def _candidates(every: Sequence[Claim] | None, *, costly: bool) -> tuple[Claim, ...]:
    held_out = set(rules().held_out)
    candidates = [
        claim
        for claim in (scored_claims() if every is None else every)
        if claim.section not in held_out
    ]
    plans = plans_of(candidates, rules().patients)
    return tuple(
        claim
        for claim in candidates
        if not isinstance(plan := plans[claim.evidence_id], str) and _is_costly(plan) == costly
    )


def _is_costly(plan: Plan) -> bool:
    if any(is_clonal(need.observable) for need in plan.needs):
        return True
    return len({need.scenario for need in plan.needs}) > _MOST_RUNS


def pass_region(claim: Claim) -> tuple[float, float]:
    """Return where the log ratio of a claim, or its association, lies when it passes.

    Notes
    -----
    Convention: the ratio of a number is that to the nearest number that was stated, as in the
    claims table; of a stated range it is 1 within, so that the region is 0.
    """
    said = rules()
    if claim.direction == "value":
        is_point = claim.value_low is not None and claim.value_low == claim.value_high
        ends = said.point if is_point else (1.0, 1.0)
        return float(np.log(ends[0])), float(np.log(ends[1]))
    open_low, open_high = -np.inf, np.inf
    if is_association(claim):
        smallest = said.smallest_association
        associations = {
            "up": (smallest, open_high),
            "down": (open_low, -smallest),
            "unchanged": (-smallest, smallest),
            "not up": (open_low, smallest),
            "not down": (-smallest, open_high),
        }
        return associations[claim.direction]
    regions = {
        "up": (np.log(said.up), open_high),
        "down": (open_low, np.log(said.down)),
        "unchanged": (np.log(said.unchanged[0]), np.log(said.unchanged[1])),
        "not up": (open_low, np.log(said.not_up)),
        "not down": (np.log(said.not_down), open_high),
    }
    low, high = regions[claim.direction]
    return float(low), float(high)


def claim_terms(chosen: Sequence[Claim]) -> Terms:
    """Return the terms of claims; the claims of a group share the weight of one.

    Notes
    -----
    Convention: a group costs at most as much as a quantity at two standard deviations.
    """
    groups = [scorable_claims()[claim.evidence_id].group for claim in chosen]
    sizes = Counter(groups)
    regions = np.array([pass_region(claim) for claim in chosen]).reshape(-1, 2)
    nothing = np.full(len(chosen), np.nan)
    return Terms(
        names=tuple(claim.evidence_id for claim in chosen),
        sections=tuple(claim.section for claim in chosen),
        is_claim=np.ones(len(chosen), dtype=bool),
        centre=nothing,
        sd=nothing,
        low=regions[:, 0],
        high=regions[:, 1],
        weight=np.array([_MOST / sizes[group] for group in groups]),
    )


def measured_claims(values: Mapping[str, float], chosen: Sequence[Claim]) -> Floats:
    """Return the log ratio of each claim; of a claim on patients the association.

    Parameters
    ----------
    values : mapping
        Parameters that differ from the table.
    chosen : sequence of Claim

    Returns
    -------
    measured : (n,) array
        NaN where a claim could not be evaluated. Of several tumours the geometric mean; where
        that passes and one tumour does not, just outside the region.
    """
    outcomes = claim_outcomes(chosen, values=values)
    return np.array([_measured(claim, outcomes[claim.evidence_id]) for claim in chosen])


def _measured(claim: Claim, outcome: ClaimOutcome) -> float:
    if outcome.association is not None:
        log = outcome.association
    elif outcome.ratio is not None and outcome.ratio > 0:
        log = float(np.log(outcome.ratio))
    else:
        return float("nan")
    low, high = pass_region(claim)
    if outcome.passed:
        return min(max(log, low), high)
    if low <= log <= high:
        return low - _IN_ONE_TUMOUR if log - low <= high - log else high + _IN_ONE_TUMOUR
    return log
