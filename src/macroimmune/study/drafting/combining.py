"""Which of the user's tables become which sections, where several could."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from macroimmune.inputs import ColumnSpec
from macroimmune.schema import TABLES
from macroimmune.study.drafting.guess import Guess
from macroimmune.study.drafting.same_names import each_name_once
from macroimmune.study.drafting.sections import Section, is_cohort

__all__ = ["combined"]

_PEOPLE = ("participants", "outcomes")
_SAME_PEOPLE = 0.6
_ONE_ROW_EACH = 0.8


def combined(found: Sequence[Mapping[str, Section]]) -> list[Section]:
    """Return the sections of a draft, in the order of our tables.

    Tables that each hold whole outcomes of other people are cohorts: they are stacked, with a
    prefix where their ids overlap. Otherwise participants and outcomes each come from the one
    table that says most of them.
    """
    whole = [sections for sections in found if is_cohort(sections) and _one_row_each(sections)]
    cohorts = _cohorts(whole)
    if len(cohorts) > 1:
        found = [sections for sections in found if all(sections is not one for one in cohorts)]
        people = [sections for one in _apart(cohorts) for sections in one.values()]
        rest = [one for sections in found for name, one in sections.items() if name not in _PEOPLE]
    else:
        people = [one for one in (_best(found, name) for name in _PEOPLE) if one is not None]
        rest = [one for sections in found for name, one in sections.items() if name not in _PEOPLE]
    order = list(TABLES)
    found_once = each_name_once([*people, *rest])
    return sorted(found_once, key=lambda section: order.index(section.table))


def _best(found: Sequence[Mapping[str, Section]], table: str) -> Section | None:
    """Return the section of a table that says most; for participants the one with outcomes too."""
    candidates = [sections for sections in found if table in sections]
    if not candidates:
        return None
    return max(candidates, key=lambda one: (is_cohort(one), len(one[table].guesses)))[table]


def _ids(section: Section) -> list[str]:
    column = section.source.column(section.participant)
    return list(column.cells) if column is not None else []


def _one_row_each(sections: Mapping[str, Section]) -> bool:
    """Whether a table lists people, not samples of theirs."""
    ids = _ids(sections["outcomes"])
    return len(set(ids)) >= _ONE_ROW_EACH * len(ids)


def _outcomes_by_id(section: Section) -> dict[str, dict[str, str]]:
    """Return the outcomes of each participant, as written, under our names.

    Outcomes with two codes are left out where there are others: strangers share them too often.
    """
    columns = {guess.name: guess.spec.column for guess in section.guesses}
    found = {name: section.source.column(heading) for name, heading in columns.items()}
    rich = {name: column for name, column in found.items() if column and len(column.codes) > 2}
    columns = {name: columns[name] for name in rich or columns}
    frame = section.source.raw.frame.select(pl.col(section.participant).alias(""), **columns)
    # Spreadsheets drop leading zeros of ids.
    return {str(row.pop("")).lstrip("0"): row for row in frame.iter_rows(named=True)}


def _cohorts(found: list[Mapping[str, Section]]) -> list[Mapping[str, Section]]:
    """Return those of several tables with outcomes that hold other people than those before."""
    kept: list[Mapping[str, Section]] = []
    for sections in found:
        own = _outcomes_by_id(sections["outcomes"])
        others = [_outcomes_by_id(one["outcomes"]) for one in kept]
        if not any(_same_people(own, other) for other in others):
            kept.append(sections)
    return kept


def _same_people(
    one: Mapping[str, Mapping[str, str]], other: Mapping[str, Mapping[str, str]]
) -> bool:
    """Whether the ids that two tables share go with the same outcomes in both."""
    pairs = [
        (one[who][name], other[who][name])
        for who in one
        for name in one[who]
        if who in other and name in other[who]
    ]
    agreeing = sum(first == second for first, second in pairs)
    return bool(pairs) and agreeing >= _SAME_PEOPLE * len(pairs)


def _apart(cohorts: Sequence[Mapping[str, Section]]) -> list[dict[str, Section]]:
    """Give cohorts whose ids overlap a prefix each, and every participant their cohort."""
    ids = [set(_ids(sections["outcomes"])) for sections in cohorts]
    overlap = sum(map(len, ids)) > len(set().union(*ids))
    labels = [sections["outcomes"].source.label for sections in cohorts]
    apart = []
    for sections, label in zip(cohorts, labels, strict=True):
        outcomes = sections["outcomes"]
        people = sections.get(
            "participants", Section("participants", outcomes.source, outcomes.participant)
        )
        cohort = Guess("participants", "cohort", ColumnSpec(constant=label), "the file or sheet")
        named = any(guess.name == "cohort" for guess in people.guesses)
        guesses = people.guesses if named else (cohort, *people.guesses)
        all_sections = {**sections, "participants": replace(people, guesses=guesses)}
        prefix = f"{label}-" if overlap else ""
        apart.append({name: replace(one, prefix=prefix) for name, one in all_sections.items()})
    return apart
