"""The same measured name in two of the user's tables: read once, never averaged into one."""

from collections.abc import Sequence
from dataclasses import replace

from macroimmune.schema import TABLES
from macroimmune.study.drafting.guess import Open
from macroimmune.study.drafting.sections import Section
from macroimmune.study.drafting.time_labels import is_later_label

__all__ = ["each_name_once"]

_APART = {"sample_id", "days_from_treatment_start"}
_LISTED = 8


def each_name_once(sections: Sequence[Section]) -> list[Section]:
    """Return the sections without names that another table of the same people has already.

    Notes
    -----
    Convention: tables that say a day or a sample keep their names, since those tell the values
    apart; so do tables of other people. Of the rest the first is kept, tables whose own name says
    a later time coming last.
    """
    order = sorted(
        range(len(sections)), key=lambda index: is_later_label(sections[index].source.label)
    )
    kept: dict[int, Section] = {}
    for index in order:
        section = sections[index]
        for other in list(kept.values()):
            section = _without_names_of(other, section)
        kept[index] = section
    return [kept[index] for index in range(len(sections))]


def _without_names_of(other: Section, section: Section) -> Section:
    if section.table != other.table or section.source is other.source:
        return section
    if not TABLES[section.table].measured or (_is_apart(section) and _is_apart(other)):
        return section
    common = _names(section) & _names(other)
    if not common or not _people(section) & _people(other):
        return section
    listed = ", ".join(sorted(common)[:_LISTED])
    more = f" and {len(common) - _LISTED} more" if len(common) > _LISTED else ""
    open_ = Open(
        section.table,
        section.participant,
        f"{listed}{more}: also in {other.source.raw.place}, without a day that tells them apart; "
        "not read here",
        'give both tables a day: days_from_treatment_start = { constant = "0" }',
    )
    left = tuple(one for one in section.guesses if one.is_wide and one.name not in common)
    plain = tuple(one for one in section.guesses if not one.is_wide) if left else ()
    return replace(section, guesses=(*plain, *left), opens=(*section.opens, open_))


def _is_apart(section: Section) -> bool:
    return any(guess.name in _APART for guess in section.guesses)


def _names(section: Section) -> set[str]:
    """Return what a section measures: its own lines where wide, else the words of its column."""
    wide = {guess.name for guess in section.guesses if guess.is_wide}
    word = next(
        (one for one in section.guesses if one.name == TABLES[section.table].measured), None
    )
    column = section.source.column(word.spec.column) if word is not None else None
    return wide | set(column.codes if column is not None else ())


def _people(section: Section) -> set[str]:
    column = section.source.column(section.participant)
    return {section.prefix + cell for cell in column.cells} if column is not None else set()
