"""Kinds of repertoires in words: chain, population, what is counted, and whose they are."""

from collections.abc import Iterable, Sequence

import polars as pl

from macroimmune.evidence import find_population
from macroimmune.report.source import ReportSource, Row

__all__ = [
    "KIND",
    "NUMBERED",
    "by_kind",
    "chain_words",
    "compartment_name",
    "compartments_of",
    "counted_rank",
    "counted_words",
    "day_words",
    "first_kinds",
    "kind_words",
    "label_name",
    "of_kind",
    "participant_numbers",
    "reading_order",
    "say_more",
]

KIND = ("chain", "population", "counted")
NUMBERED = "Participants are numbered in the order of their ids; the tables have the ids."
_FIRST = ("blood", "tumour")
_COUNTED = {"umis": "UMIs"}
_RANKS = {name: rank for rank, name in enumerate(("templates", "umis", "cells", "reads"))}


def counted_rank() -> pl.Expr:
    """Return the place of what is counted: templates, UMIs, cells, reads, then anything else."""
    return pl.col("counted").replace_strict(_RANKS, default=len(_RANKS), return_dtype=pl.Int64)


def counted_words(counted: str) -> str:
    """Return what is counted, as people write it.

    Examples
    --------
    >>> counted_words("umis"), counted_words("templates"), counted_words("")
    ('UMIs', 'templates', 'counts')
    """
    return _COUNTED.get(counted, counted or "counts")


def chain_words(chain: str) -> str:
    """Return the chain, or that both chains of a cell are one clonotype."""
    return "paired chains" if chain == "paired" else chain or "any chain"


def label_name(population: str) -> str:
    """Return the name of a population; a label of a laboratory stays as it is.

    Examples
    --------
    >>> label_name("cd8_t"), label_name(""), label_name("C7_exhausted")
    ('CD8 T cells', 'all T cells', 'C7_exhausted')
    """
    if not population:
        return "all T cells"
    found = find_population(population)
    return found.name if found else population


def kind_words(row: Row) -> str:
    """Return chain, population and what is counted.

    Examples
    --------
    >>> kind_words({"chain": "TRB", "population": "", "counted": "umis"})
    'TRB of all T cells, UMIs'
    """
    of = label_name(str(row["population"] or ""))
    return f"{chain_words(str(row['chain']))} of {of}, {counted_words(str(row['counted']))}"


def by_kind(frame: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Return the rows of each kind under its words: all T cells first, then by number of rows."""
    parts = list(frame.group_by(KIND, maintain_order=True))
    parts.sort(key=lambda part: (part[0][1] != "", -part[1].height))
    return [(kind_words(dict(zip(KIND, key, strict=True))), rows) for key, rows in parts]


def of_kind(name: str, words: str, n_kinds: int) -> str:
    """Return a heading, with the kind where the study has several.

    Examples
    --------
    >>> of_kind("V genes", "TRB of all T cells, UMIs", 1), of_kind("V genes", "TRA, cells", 2)
    ('V genes', 'V genes: TRA, cells')
    """
    return name if n_kinds == 1 else f"{name}: {words}"


def compartment_name(compartment: str) -> str:
    """Return the compartment without underscores."""
    return compartment.replace("_", " ") or "no compartment"


def compartments_of(compartments: Iterable[str]) -> list[str]:
    """Return the distinct compartments: blood, tumour, then the others by name.

    Examples
    --------
    >>> compartments_of(["tumour", "adjacent", "blood", "tumour"])
    ['blood', 'tumour', 'adjacent']
    """
    found = set(compartments)
    return [one for one in _FIRST if one in found] + sorted(found - set(_FIRST))


def reading_order(listed: pl.DataFrame) -> pl.DataFrame:
    """Return rows by compartment (blood, tumour, others), participant and day."""
    places = {name: place for place, name in enumerate(compartments_of(listed["compartment"]))}
    return listed.sort(
        pl.col("compartment").replace_strict(places, return_dtype=pl.Int64),
        "participant_id",
        pl.col("days_from_treatment_start"),
        nulls_last=True,
        maintain_order=True,
    )


def day_words(day: float | None) -> str:
    """Return the day of a sample, as words.

    Examples
    --------
    >>> day_words(-3.0), day_words(21.0), day_words(None)
    ('day −3', 'day 21', 'no day')
    """
    return "no day" if day is None else f"day {day:g}".replace("-", "−")


def first_kinds(courses: Sequence[tuple[str, Row]]) -> list[int]:
    """Return the place of one course of each source: all T cells, templates before UMIs and cells.

    Parameters
    ----------
    courses : sequence of (source, kind)
        Whose and where the samples are, and their chain, population and what is counted.

    Examples
    --------
    >>> kinds = [{"population": "treg", "counted": "cells"}, {"population": "", "counted": "cells"}]
    >>> first_kinds([("a", kinds[0]), ("a", kinds[1]), ("b", kinds[0])])
    [1, 2]
    """
    best: dict[str, tuple[tuple[bool, int], int]] = {}
    for place, (source, kind) in enumerate(courses):
        rank = (kind["population"] != "", _RANKS.get(kind["counted"], len(_RANKS)))
        if source not in best or rank < best[source][0]:
            best[source] = (rank, place)
    return [place for _, place in best.values()]


def participant_numbers(source: ReportSource) -> dict[str, int]:
    """Return a number for each participant with a repertoire, so that the page names nobody."""
    people = source.tables["repertoires"]["participant_id"].unique().sort()
    return {participant: place for place, participant in enumerate(people, start=1)}


def say_more(n_left: int, what: str, file: str) -> str:
    """Return a sentence on what is not drawn; empty where everything is.

    Examples
    --------
    >>> say_more(3, "pair", "clone_changes.parquet"), say_more(0, "pair", "x")
    ('3 more pairs are in clone_changes.parquet.', '')
    >>> say_more(2, "kind of repertoire", "repertoires.csv")
    '2 more kinds of repertoire are in repertoires.csv.'
    """
    if n_left <= 0:
        return ""
    if n_left == 1:
        return f"1 more {what} is in {file}."
    first, of, rest = what.partition(" of ")
    return f"{n_left:,} more {first}s{of}{rest} are in {file}."
