"""Tables of the claims: each with its verdict, what is missing, and ablations by section."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from macroimmune.report.numbers import MISSING, finite, significant
from macroimmune.report.source import Row
from macroimmune.report.tables import Cell, Column, Table, number_cell, table

__all__ = ["ablations_table", "claims_table", "missing_table", "scores_table"]


def claims_table(claims: pl.DataFrame, fractions: Mapping[str, float]) -> Table:
    """Return a row for each claim; those that fail are marked.

    Parameters
    ----------
    claims : polars DataFrame
        Table `model_claims`.
    fractions : mapping from claim to float
        Share of draws in which it passes; may be empty.
    """
    headings = [
        "Claim", "Section", "Kind", "Verdict", "Expected", "Found", "Ratio#", "What is missing",
    ]  # fmt: skip
    if fractions:
        headings.insert(7, "Draws#")
    made = table(
        "Claims",
        headings,
        [_claim(row, fractions) for row in claims.iter_rows(named=True)],
        "Ratio: observable under the condition over that under the comparator; of associations the "
        "rank correlation over virtual patients. Up and down: 10 % or more; unchanged: 0.8 to "
        "1.25. Draws: percent of parameter draws in which the claim passes. The marked rows fail.",
    )
    chosen = tuple(headings.index(name) for name in ("Section", "Kind", "Verdict"))
    return replace(made, can_filter=True, choices=chosen)


def _claim(row: Row, fractions: Mapping[str, float]) -> list[Cell]:
    verdict = "passes" if row["passed"] else "fails" if row["found"] else "not evaluated"
    number = finite(row["ratio"] if row["association"] is None else row["association"])
    when = f", day {row['day']}" if row["day"] else ""
    cells = [
        Cell(f"{row['statement']} ({row['claim_id']})"),
        Cell(str(row["section"]) + (" (held out)" if row["is_held_out"] else "")),
        Cell(str(row["kind"])),
        Cell(verdict, look="" if row["passed"] else "strong"),
        Cell(f"{row['expected']}{when}"),
        Cell(str(row["found"]) or MISSING),
        number_cell(significant(number), number),
        Cell(str(row["missing_mechanism"] or row["status"])),
    ]
    if fractions:
        share = fractions.get(str(row["claim_id"]))
        percent = MISSING if share is None else f"{100 * share:.0f}"
        cells.insert(7, number_cell(percent, share))
    return cells


def missing_table(claims: pl.DataFrame) -> Table | None:
    """Return what the model lacks with the claims that fail for it; None where all pass."""
    failing = claims.filter(~pl.col("passed"))
    if failing.is_empty():
        return None
    by = (
        failing
        .with_columns(
            why=pl
            .when(pl.col("missing_mechanism") != "")
            .then("missing_mechanism")
            .when(pl.col("found") == "")
            .then("status")
            .otherwise(pl.lit("not stated"))
        )
        .group_by("why", maintain_order=True)
        .agg(pl.len().alias("n"), pl.col("claim_id"))
        .sort("n", descending=True, maintain_order=True)
    )
    return table(
        "What is missing where claims fail",
        ("Mechanism, or why it was not evaluated", "Claims#", "Which"),
        [(str(why), str(n), ", ".join(ids)) for why, n, ids in by.rows()],
    )


def scores_table(scores: pl.DataFrame) -> Table:
    """Return the numbers of the scores beside guessing.

    Parameters
    ----------
    scores : polars DataFrame
        Table `model_scores`.
    """
    keys = ("score", "always_up", "always_down", "always_unchanged", "permuted_mean",
            "permuted_p95", "permuted_p99")  # fmt: skip
    n = int(str(scores["n_permutations"].max() or 0))
    return table(
        "Scores and guessing, percent of groups",
        (
            "Set", "Groups#", "Pass#", "Not evaluated#", "Score#", "All up#", "All down#",
            "All unchanged#", "Shuffled, mean#", "95 %#", "99 %#",
            Column("Draws", is_number=True, meaning="median share of draws that pass"),
        ),
        [
            (
                str(row["name"]), str(row["n_groups"]), str(row["n_passed"]),
                str(row["n_not_evaluated"]), *(_percent(row[key]) for key in keys),
                number_cell(significant(row["median_pass_fraction"]), row["median_pass_fraction"]),
            )
            for row in scores.iter_rows(named=True)
        ],
        f"Shuffled: directions of the claims of a section permuted {n:,} times. "
        "Draws: median over claims of the share of parameter draws in which the claim passes.",
    )  # fmt: skip


def _percent(value: float | None) -> Cell:
    return number_cell(MISSING if value is None else f"{value:.0f}", value)


def ablations_table(ablations: pl.DataFrame) -> Table:
    """Return lost and gained groups by section.

    Parameters
    ----------
    ablations : polars DataFrame
        Table `model_ablations`.
    """
    return table(
        "Without a part of the model, section by section",
        ("Without", "Section", "Groups#", "Whole#", "Without it#", "Lost#", "Gained#", "Which"),
        [
            (
                str(row["ablation"]), str(row["section"]), str(row["n_groups"]),
                str(row["n_passed_whole"]), str(row["n_passed"]), str(row["n_lost"]),
                str(row["n_gained"]), str(row["groups_lost"]).replace(";", ", ") or row["status"],
            )
            for row in ablations.iter_rows(named=True)
        ],
        "Which: first claims of the groups that are lost.",
    )  # fmt: skip
