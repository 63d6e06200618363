"""The model against the claims: score beside guessing, robustness, ablations, every claim."""

from collections.abc import Iterator, Mapping

import polars as pl

from macroimmune.report.mechanism.ablation_figure import ablation_figure
from macroimmune.report.mechanism.claims_tables import (
    ablations_table,
    claims_table,
    missing_table,
    scores_table,
)
from macroimmune.report.mechanism.pass_histogram_figure import pass_histogram_figure
from macroimmune.report.mechanism.score_figure import score_figure
from macroimmune.report.numbers import plural
from macroimmune.report.page_parts import FigureWithNote
from macroimmune.report.sections_repertoires import SectionPart
from macroimmune.report.source import Row

__all__ = ["claims_lead", "claims_parts", "whole_score"]

_SOURCE = "Source: the acceptance test of the model."


def whole_score(scores: pl.DataFrame, scope: str = "all") -> Row | None:
    """Return the row of a scope, or None where there is none."""
    rows = scores.filter(pl.col("scope") == scope).to_dicts()
    return rows[0] if rows else None


def claims_lead(scores: pl.DataFrame) -> str:
    """Return the score in one sentence, with what guessing reaches."""
    row = whole_score(scores)
    if row is None:
        return "No claim was scored."
    best = max(float(row[key]) for key in ("always_up", "always_down", "always_unchanged"))
    return (
        f"{row['n_passed']} of {plural(row['n_groups'], 'group')} of claims pass "
        f"({row['score']:.0f} %). A model of one constant direction reaches {best:.0f} %, "
        f"shuffled directions {row['permuted_mean']:.0f} % on average and "
        f"{row['permuted_p99']:.0f} % at their 99th percentile. One set of immune parameters "
        "serves all claims."
    )


def claims_parts(tables: Mapping[str, pl.DataFrame]) -> Iterator[SectionPart]:
    """Return what can be shown of these tables.

    Parameters
    ----------
    tables : mapping
        `model_claims` and `model_scores`; `model_draws` and `model_ablations` may be empty.
    """
    scores, claims = tables["model_scores"], tables["model_claims"]
    draws, ablations = tables["model_draws"], tables["model_ablations"]
    if not scores.is_empty():
        figure = score_figure("model-score", scores.to_dicts(), title="Score of the model")
        yield SectionPart(
            figures=(FigureWithNote("Score beside guessing", figure, _SOURCE),),
            folded=(scores_table(scores),),
        )
    small = tuple(_small(draws, ablations))
    if small:
        yield SectionPart(
            heading="How firm it is",
            small=small,
            folded=(ablations_table(ablations),) if not ablations.is_empty() else (),
        )
    if not claims.is_empty():
        lacking = missing_table(claims)
        shares = draws.drop_nulls("pass_fraction")
        fractions = dict(shares.select("claim_id", "pass_fraction").iter_rows())
        yield SectionPart(
            heading="Every claim",
            words=("A group holds claims that state the same of several tumours; it counts once "
                   "and passes if every claim of it passes.",),
            tables=(*((lacking,) if lacking else ()), claims_table(claims, fractions)),
        )  # fmt: skip


def _small(draws: pl.DataFrame, ablations: pl.DataFrame) -> Iterator[FigureWithNote]:
    known = draws.drop_nulls("pass_fraction")
    if not known.is_empty():
        n = int(str(known["n_draws"].max()))
        yield FigureWithNote(
            "Over draws of the parameters",
            pass_histogram_figure("model-draws", known["pass_fraction"].to_list(), n),
            f"n = {known.height} claims, {n} draws within the stated ranges. {_SOURCE}",
        )
    whole = ablations.filter((pl.col("section") == "all") & (pl.col("status") == ""))
    if not whole.is_empty():
        yield FigureWithNote(
            "Without a part of the model",
            ablation_figure("model-ablations", whole.to_dicts()),
            f"Of {plural(whole['n_groups'][0], 'group')}. {_SOURCE}",
        )
