"""Ids that start again in each file or sheet, so that different people share one."""

from collections.abc import Iterable, Iterator

import polars as pl

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, rows_of
from macroimmune.study.study import AnalysisSettings

__all__ = ["REPEATED_IDS"]

_FEWEST = 3
_SHARED = 0.3
_IDS = {"participants": "participant_id", "outcomes": "participant_id", "samples": "sample_id"}


def _sources(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the rows of each file or sheet; within a file a new sheet starts its rows again."""
    if rows.is_empty():
        return []
    new_file = pl.col("source_file").ne_missing(pl.col("source_file").shift())
    starts_again = pl.col("source_row") < pl.col("source_row").shift()
    block = (new_file | starts_again.fill_null(value=False)).cum_sum()
    return rows.with_columns(block=block).partition_by("block")


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    for name, column in _IDS.items():
        sources = _sources(rows_of(tables, name))
        seen: dict[str, str] = {}
        for rows in sources:
            ids, file = rows[column].unique(maintain_order=True).to_list(), rows["source_file"][0]
            shared = [one for one in ids if one in seen]
            if len(shared) >= max(_FEWEST, _SHARED * min(len(ids), len(seen))):
                yield Finding(
                    "error",
                    "ids-restart",
                    file or "",
                    None,
                    column,
                    f"{len(shared)} ids that {_listed(seen[one] for one in shared)} also has, "
                    f"such as {shared[0]!r}",
                    "one id per participant over all files and sheets of a table",
                    'Give each source a prefix in study.toml, for example prefix = "train-"; '
                    "if they are the same people, name only one of the files.",
                )
            for one in ids:
                seen.setdefault(one, file or "an earlier file")


def _listed(files: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(files))


REPEATED_IDS = Check(("ids-restart",), "ids that restart in each file or sheet", _look)
