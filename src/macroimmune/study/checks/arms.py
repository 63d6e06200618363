"""Arm as randomised against arm as treated."""

from collections.abc import Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["ARMS"]


def _look(tables: Tables, analysis: AnalysisSettings) -> Iterator[Finding]:
    people = rows_of(tables, "participants")
    both = people.drop_nulls(["arm", "arm_as_treated"])
    differ = both.filter(pl.col("arm") != pl.col("arm_as_treated"))
    if not differ.is_empty():
        row = differ.row(0, named=True)
        yield Finding(
            "note",
            "arm-as-treated-differs",
            row["source_file"] or "",
            None,
            "arm_as_treated",
            f"{differ.height} of {both.height} participants were treated in another arm than "
            f"theirs, such as {row['participant_id']} ({row['arm']}, treated as "
            f"{row['arm_as_treated']})",
            "the same arm in both columns",
            "The arm as randomised is analysed; map arm to the other column to analyse as treated.",
        )
    arms = people["arm"].drop_nulls().unique(maintain_order=True).to_list()
    for setting in ("control_arms", "treated_arms"):
        absent = [arm for arm in getattr(analysis, setting) if arm not in arms]
        if absent:
            yield Finding(
                "error",
                "arm-not-found",
                "",
                None,
                "arm",
                f"{setting} names {', '.join(map(repr, absent))}, which no participant has",
                f"one of: {', '.join(map(repr, arms)) or 'no arm at all'}",
                f"Correct {setting} in [analysis], or the values of arm.",
            )


ARMS = Check(
    ("arm-as-treated-differs", "arm-not-found"),
    "participants treated in another arm than theirs, and arms that nobody is in",
    _look,
)
