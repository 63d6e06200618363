"""Which of the user's tables become which sections, where several could."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from macroimmune.inputs import ColumnSpec
from macroimmune.schema import TABLES
from macroimmune.study.drafting.guess import Guess
from macroimmune.study.drafting.sections import Section, is_cohort

__all__ = ["combined"]

_SAME_PEOPLE = 0.9


def combined(found: Sequence[Mapping[str, Section]]) -> list[Section]:
    """Return the sections of a draft, in the order of our tables.

    Tables that each hold whole outcomes of other people are cohorts: they are stacked, with a
    prefix where their ids overlap. Otherwise participants and outcomes each come from the one
    table that says most of them.
    """
    cohorts = _cohorts([sections for sections in found if is_cohort(sections)])
    if len(cohorts) > 1:
        found = [sections for sections in found if not is_cohort(sections)]
        people = [sections for one in _apart(cohorts) for sections in one.values()]
        rest = [one for sections in found for name, one in sections.items() if name not in _PEOPLE]
    else:
        people = [one for one in (_best(found, name) for name in _PEOPLE) if one is not None]
        rest = [one for sections in found for name, one in sections.items() if name not in _PEOPLE]
    order = list(TABLES)
    return sorted([*people, *rest], key=lambda section: order.index(section.table))


_PEOPLE = ("participants", "outcomes")


def _best(found: Sequence[Mapping[str, Section]], table: str) -> Section | None:
    """Return the section of a table that says most; for participants the one with outcomes too."""
    candidates = [sections for sections in found if table in sections]
    if not candidates:
        return None
    return max(candidates, key=lambda one: (is_cohort(one), len(one[table].guesses)))[table]


def _ids(section: Section) -> list[str]:
    column = section.source.column(section.participant)
    return list(column.cells) if column is not None else []


def _outcome_by_id(section: Section) -> dict[str, str]:
    """Return the first outcome of each participant, as written."""
    heading = section.guesses[0].spec.column
    frame = section.source.raw.frame.select(who=section.participant, outcome=heading)
    return dict(frame.iter_rows())


def _cohorts(found: list[Mapping[str, Section]]) -> list[Mapping[str, Section]]:
    """Return those of several tables with outcomes that hold other people than those before."""
    kept: list[Mapping[str, Section]] = []
    for sections in found:
        own = _outcome_by_id(sections["outcomes"])
        others = [_outcome_by_id(one["outcomes"]) for one in kept]
        if not any(_same_people(own, other) for other in others):
            kept.append(sections)
    return kept


def _same_people(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    shared = [who for who in one if who in other]
    agreeing = sum(one[who] == other[who] for who in shared)
    return bool(shared) and agreeing >= _SAME_PEOPLE * len(shared)


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
