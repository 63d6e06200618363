"""The score of the model by section and kind, with what guessing scores beside it."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.evidence import Claim
from macroimmune.mechanism.acceptance.frozen_rules import Rules, rules
from macroimmune.mechanism.acceptance.guessing import Groups, constant_passes, permuted_passes
from macroimmune.mechanism.acceptance.judgement import SIGNS
from macroimmune.mechanism.acceptance.outcome import ClaimOutcome
from macroimmune.mechanism.acceptance.scorable import ScorableClaim
from macroimmune.results import RESULT_TABLES

__all__ = ["grouped", "score_table"]


def grouped(
    claims: Sequence[Claim],
    groups: Mapping[str, ScorableClaim],
    outcomes: Mapping[str, ClaimOutcome],
) -> Groups:
    """Return the groups of these claims and which directions hold of each.

    Parameters
    ----------
    claims : sequence of Claim
        All have an outcome.
    groups : mapping of str to ScorableClaim
        The frozen set by claim.
    outcomes : mapping of str to ClaimOutcome
        By claim.
    """
    members: dict[str, list[Claim]] = {}
    for claim in claims:
        members.setdefault(groups[claim.evidence_id].group, []).append(claim)
    firsts = [of_group[0] for of_group in members.values()]
    found = [[outcomes[one.evidence_id] for one in of_group] for of_group in members.values()]
    return Groups(
        names=tuple(members),
        sections=tuple(first.section for first in firsts),
        kinds=tuple(first.kind for first in firsts),
        signs=np.array([_sign(first.direction) for first in firsts], dtype=np.int64),
        holds=np.array([np.all([o.holds for o in of_group], axis=0) for of_group in found]).reshape(
            -1, len(SIGNS)
        ),
        values_hold=np.array([all(o.value_holds for o in of_group) for of_group in found], bool),
    )


def _sign(direction: str) -> int:
    return SIGNS.index(direction) if direction in SIGNS else -1


def score_table(
    claims: Sequence[Claim],
    groups: Mapping[str, ScorableClaim],
    outcomes: Mapping[str, ClaimOutcome],
    pass_fractions: Mapping[str, float] | None = None,
    *,
    n_draws: int = 0,
) -> pl.DataFrame:
    """Return the score of all groups, of fitted and held-out sections, of each section and kind.

    Parameters
    ----------
    claims, groups, outcomes
        As in `grouped`.
    pass_fractions : mapping of str to float, optional
        Fraction of the parameter draws in which each claim passes.
    n_draws : int
        Draws behind the fractions.

    Returns
    -------
    scores : polars.DataFrame
        Table `model_scores`.
    """
    by, said = grouped(claims, groups, outcomes), rules()
    rng = np.random.default_rng(said.guessing_seed)
    passes = {
        "score": by.passes(by.signs),
        "always_up": constant_passes(by, "up"),
        "always_down": constant_passes(by, "down"),
        "always_unchanged": constant_passes(by, "unchanged"),
    }
    shuffled = permuted_passes(by, said.permutations, rng=rng)
    evaluated = dict.fromkeys(by.names, True)
    for claim in claims:
        evaluated[groups[claim.evidence_id].group] &= outcomes[claim.evidence_id].is_evaluated
    rows = []
    for scope, name, chosen in _scopes(by, said):
        fractions = _fractions(claims, groups, by, chosen, pass_fractions or {})
        permuted = 100 * shuffled[:, chosen].mean(axis=1)
        rows.append({
            "scope": scope,
            "name": name,
            "n_claims": sum(groups[c.evidence_id].group in _names(by, chosen) for c in claims),
            "n_groups": int(chosen.sum()),
            "n_passed": int(passes["score"][chosen].sum()),
            "n_not_evaluated": sum(not evaluated[one] for one in _names(by, chosen)),
            **{column: 100 * float(found[chosen].mean()) for column, found in passes.items()},
            "permuted_mean": float(permuted.mean()),
            "permuted_p95": float(np.percentile(permuted, 95)),
            "permuted_p99": float(np.percentile(permuted, 99)),
            "n_permutations": said.permutations,
            "median_pass_fraction": float(np.median(fractions)) if fractions else None,
            "n_draws": n_draws,
            "status": "",
        })
    return pl.DataFrame(rows, schema=RESULT_TABLES["model_scores"].schema)


def _names(by: Groups, chosen: NDArray[np.bool_]) -> set[str]:
    return {name for name, one in zip(by.names, chosen, strict=True) if one}


def _scopes(by: Groups, said: Rules) -> list[tuple[str, str, NDArray[np.bool_]]]:
    """Return scope, name and which groups, without those that are empty."""
    sections, kinds = np.array(by.sections, dtype=object), np.array(by.kinds, dtype=object)
    held = np.isin(by.sections, said.held_out)
    scopes = [
        ("all", "all", np.ones(len(by.names), dtype=bool)),
        ("fitted", "fitted", ~held),
        ("held out", "held out", held),
    ]
    scopes += [("section", name, sections == name) for name in dict.fromkeys(by.sections)]
    scopes += [("kind", name, kinds == name) for name in dict.fromkeys(by.kinds)]
    return [one for one in scopes if one[2].any()]


def _fractions(
    claims: Sequence[Claim],
    groups: Mapping[str, ScorableClaim],
    by: Groups,
    chosen: NDArray[np.bool_],
    fractions: Mapping[str, float],
) -> list[float]:
    names = _names(by, chosen)
    return [
        fractions[claim.evidence_id]
        for claim in claims
        if groups[claim.evidence_id].group in names and claim.evidence_id in fractions
    ]
