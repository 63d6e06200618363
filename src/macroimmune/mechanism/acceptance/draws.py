"""How robust the claims are: draws of the immune parameters within their stated ranges."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import qmc

from macroimmune.evidence import Claim
from macroimmune.mechanism.acceptance.claims_table import claim_columns
from macroimmune.mechanism.acceptance.evaluation import Progress, claim_outcomes
from macroimmune.mechanism.acceptance.frozen_rules import rules
from macroimmune.mechanism.acceptance.plans import scored_claims
from macroimmune.mechanism.acceptance.read_from_clones import clone_seeds_in_draws
from macroimmune.mechanism.acceptance.reading_state import claims_state
from macroimmune.mechanism.model import Parameter, parameters
from macroimmune.results import RESULT_TABLES
from macroimmune.work import WorkTask, run_tasks

__all__ = ["ClaimDraws", "draw_values", "draws_table", "pass_fractions", "run_draws"]

_FILE = "draw.json"


@dataclass(frozen=True, slots=True, eq=False)
class ClaimDraws:
    """The claims over draws of the immune parameters.

    Parameters
    ----------
    claims : tuple of Claim
    passed, evaluated : (n_draws, n_claims) bool array
    sizes : (n_draws, n_claims) array
        Ratio or association; NaN where it was not evaluated.
    """

    claims: tuple[Claim, ...]
    passed: NDArray[np.bool_]
    evaluated: NDArray[np.bool_]
    sizes: NDArray[np.float64]


def draw_values(count: int) -> list[dict[str, float]]:
    """Return draws of the immune parameters within their ranges.

    Parameters
    ----------
    count : int

    Returns
    -------
    draws : list of dict of str to float

    Notes
    -----
    Convention: a Latin hypercube with the seed of the rules; log-uniform between low and high
    where both are above zero, else uniform. Another count is another hypercube.
    """
    immune = [p for p in parameters().values() if p.role == "immune" and p.low < p.high]
    sampler = qmc.LatinHypercube(d=len(immune), rng=np.random.default_rng(rules().draws_seed))
    return [
        {p.name: _within(p, share) for p, share in zip(immune, row, strict=True)}
        for row in sampler.random(count)
    ]


def _within(parameter: Parameter, share: float) -> float:
    low, high = parameter.low, parameter.high
    if low > 0:
        return float(low * (high / low) ** share)
    return float(low + (high - low) * share)


def run_draws(
    chosen: Sequence[Claim],
    count: int,
    folder: Path,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> ClaimDraws:
    """Return the claims over draws; a stopped run goes on with the draws it lacks.

    Parameters
    ----------
    chosen : sequence of Claim
    count : int
        Draws.
    folder : Path
        Of the work: one finished folder per draw.
    workers : int
        Processes.
    progress : callable, optional
        Called with (draws done, draws).

    Notes
    -----
    Convention: associations are over the smaller cohort of the rules, clones over fewer seeds.
    """
    names = [claim.evidence_id for claim in chosen]
    tasks = [
        WorkTask(_key(names, values), _one_draw, (names, values)) for values in draw_values(count)
    ]
    run_tasks(tasks, folder, workers=workers, progress=progress)
    read = [json.loads((folder / task.key / _FILE).read_text("utf-8")) for task in tasks]
    sizes = [[np.nan if size is None else size for size in one["sizes"]] for one in read]
    return ClaimDraws(
        claims=tuple(chosen),
        passed=np.array([one["passed"] for one in read], dtype=bool).reshape(count, -1),
        evaluated=np.array([one["evaluated"] for one in read], dtype=bool).reshape(count, -1),
        sizes=np.array(sizes, dtype=float).reshape(count, -1),
    )


def _key(names: Sequence[str], values: Mapping[str, float]) -> str:
    """Return the same for the same claims, model, data and draw."""
    told = json.dumps([names, values, claims_state()], sort_keys=True)
    return f"draw-{hashlib.sha256(told.encode()).hexdigest()[:20]}"


def _one_draw(arguments: tuple[list[str], dict[str, float]], folder: Path) -> None:
    names, values = arguments
    wanted = set(names)
    chosen = [claim for claim in scored_claims() if claim.evidence_id in wanted]
    found = claim_outcomes(
        chosen,
        values=values,
        n_patients=rules().patients_in_draws,
        n_seeds=clone_seeds_in_draws(),
    )
    outcomes = [found[name] for name in names]
    record = {
        "passed": [one.passed for one in outcomes],
        "evaluated": [one.is_evaluated for one in outcomes],
        "sizes": [one.size for one in outcomes],
    }
    (folder / _FILE).write_text(json.dumps(record, allow_nan=False), encoding="utf-8")


def pass_fractions(draws: ClaimDraws) -> dict[str, float]:
    """Return the fraction of the draws in which each claim passes."""
    fractions = draws.passed.mean(axis=0)
    return {c.evidence_id: float(f) for c, f in zip(draws.claims, fractions, strict=True)}


def draws_table(draws: ClaimDraws) -> pl.DataFrame:
    """Return table `model_draws`."""
    rows = []
    for place, claim in enumerate(draws.claims):
        sizes = draws.sizes[:, place]
        sizes = sizes[np.isfinite(sizes)]
        low, middle, high = np.percentile(sizes, [2.5, 50, 97.5]) if sizes.size else [None] * 3
        rows.append({
            **claim_columns(claim),
            "n_draws": len(draws.passed),
            "n_not_evaluated": int((~draws.evaluated[:, place]).sum()),
            "n_passed": int(draws.passed[:, place].sum()),
            "pass_fraction": float(draws.passed[:, place].mean()),
            "ratio_low": low,
            "ratio_median": middle,
            "ratio_high": high,
        })
    return pl.DataFrame(rows, schema=RESULT_TABLES["model_draws"].schema)
