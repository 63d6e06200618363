"""The whole acceptance test: claims, scores, and on request draws and ablations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from macroimmune.evidence import Claim
from macroimmune.mechanism.acceptance.ablations import ablations_table, run_ablations
from macroimmune.mechanism.acceptance.claims_table import claims_table
from macroimmune.mechanism.acceptance.draws import draws_table, pass_fractions, run_draws
from macroimmune.mechanism.acceptance.evaluation import claim_outcomes
from macroimmune.mechanism.acceptance.scorable import scorable_claims
from macroimmune.mechanism.acceptance.scores import score_table
from macroimmune.results import empty

__all__ = ["AcceptanceTables", "acceptance_tables"]

Stages = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class AcceptanceTables:
    """The tables of an acceptance test; those that were not asked for have no rows.

    Parameters
    ----------
    model_claims, model_scores, model_draws, model_ablations : polars.DataFrame
        As `RESULT_TABLES` declares them.
    """

    model_claims: pl.DataFrame
    model_scores: pl.DataFrame
    model_draws: pl.DataFrame
    model_ablations: pl.DataFrame


def acceptance_tables(
    chosen: Sequence[Claim],
    *,
    n_patients: int | None = None,
    n_draws: int = 0,
    with_ablations: bool = False,
    work: Path | None = None,
    workers: int = 1,
    progress: Stages | None = None,
) -> AcceptanceTables:
    """Return the tables of an acceptance test.

    Parameters
    ----------
    chosen : sequence of Claim
    n_patients : int, optional
        Of the virtual cohort behind associations; as in the rules if not given. Draws keep the
        smaller one of the rules.
    n_draws : int
        Draws of the immune parameters; 0: none.
    with_ablations : bool
    work : Path, optional
        Folder of the draws, which goes on where it was; needed with draws.
    workers : int
        Processes.
    progress : callable, optional
        Called with (stage, done, total).
    """
    say = progress or (lambda stage, done, total: None)
    whole = claim_outcomes(
        chosen,
        n_patients=n_patients,
        workers=workers,
        progress=lambda done, total: say("claims", done, total),
    )
    fractions: dict[str, float] = {}
    draws, ablations = empty("model_draws"), empty("model_ablations")
    if with_ablations:
        without = run_ablations(chosen, n_patients=n_patients, workers=workers, progress=say)
        ablations = ablations_table(chosen, whole, without)
    if n_draws and work is not None:
        drawn = run_draws(
            chosen,
            n_draws,
            work,
            workers=workers,
            progress=lambda done, total: say("draws", done, total),
        )
        draws, fractions = draws_table(drawn), pass_fractions(drawn)
    return AcceptanceTables(
        model_claims=claims_table(chosen, whole),
        model_scores=score_table(chosen, scorable_claims(), whole, fractions, n_draws=n_draws),
        model_draws=draws,
        model_ablations=ablations,
    )
