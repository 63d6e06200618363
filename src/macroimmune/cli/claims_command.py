"""The command that holds the mechanistic model against the claims of the review."""

from typing import TYPE_CHECKING, Annotated

import typer

from macroimmune.cli.talk import progress_bar, say, table_to_stdout

if TYPE_CHECKING:
    import polars as pl

__all__ = ["claims"]

_DIGITS = 3
_SHOWN = (
    *("claim_id", "passed", "expected", "found", "ratio", "association", "condition_value"),
    *("comparator_value", "day", "compartment", "observable", "condition", "comparator", "tumour"),
    "status",
)


def claims(
    section: Annotated[
        str, typer.Option(help="Claims of this section alone, such as Resection.")
    ] = "",
    failing: Annotated[  # noqa: FBT002 (typer)
        bool, typer.Option("--failing", help="Print the claims that fail alone.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
) -> None:
    """Hold the model against the claims of the review: a row per claim, then the scores.

    Each score stands beside what guessing reaches: directions that never change, and directions
    shuffled among the claims of a section.

    Example: macroimmune simulate claims --section Introduction
    """
    from macroimmune.mechanism.acceptance import (
        claim_outcomes,
        claims_table,
        scorable_claims,
        score_table,
        section_claims,
    )

    chosen = section_claims(section)
    with progress_bar() as bar:
        outcomes = claim_outcomes(
            chosen, workers=workers, progress=lambda done, total: bar("runs", done, total)
        )
    table = claims_table(chosen, outcomes)
    scores = score_table(chosen, scorable_claims(), outcomes)
    shown = table.filter(~table["passed"]) if failing else table
    _print(shown.select(_SHOWN))
    print()  # noqa: T201
    _print(scores.drop("median_pass_fraction", "n_draws", "status"))
    total = scores.row(0, named=True)
    say(f"{total['n_passed']} of {total['n_groups']} groups pass ({total['score']:.1f} %)")


def _print(frame: "pl.DataFrame") -> None:
    table_to_stdout(frame.columns, [[_short(cell) for cell in row] for row in frame.iter_rows()])


def _short(cell: object) -> object:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.{_DIGITS}g}"
    return "" if cell is None else cell
