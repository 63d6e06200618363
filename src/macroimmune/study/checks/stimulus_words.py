"""Stimuli of one study under two names, stimuli that are not known, and times that are missing."""

import re
from collections.abc import Iterator
from typing import Any

from macroimmune.evidence import Stimulus, marker_lists
from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, at_row, rows_of
from macroimmune.study.study import AnalysisSettings
from macroimmune.study.study_stimulus import study_stimulus
from macroimmune.study.well_partners import is_stimulated

__all__ = ["STIMULUS_MINUTES", "STIMULUS_NAMES"]

_TABLES = ("cytometry", "cytometry_controls", "expression", "stimulated_levels")
# Marker lists are of cytometry: levels of genes are read whenever they were measured.
_WITH_LISTS = ("cytometry", "cytometry_controls", "stimulated_levels")
Row = dict[str, Any]


def _stimulated(tables: Tables, names: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    """Yield the rows that hold a stimulus, with the name of their table."""
    for name in names:
        for row in rows_of(tables, name).iter_rows(named=True):
            if is_stimulated(row["stimulus"], row["stimulus_dose"]):
                yield name, row


def _names(tables: Tables, analysis: AnalysisSettings) -> Iterator[Finding]:
    words: dict[str, dict[str, list[Row]]] = {}
    known: dict[str, Stimulus | None] = {}
    for _, row in _stimulated(tables, _TABLES):
        word = row["stimulus"].strip()
        if word not in known:
            known[word] = study_stimulus(analysis.stimulation, word)
        found = known[word]
        meaning = re.sub(r"[\W_]+", "", word.casefold()) if found is None else found.id
        words.setdefault(meaning, {}).setdefault(word, []).append(row)
    for some in words.values():
        first, *others = some
        for other in others:
            yield _two_names(first, other, some)
        if known[first] is None:
            yield _not_known(first, some[first])


def _two_names(first: str, other: str, rows: dict[str, list[Row]]) -> Finding:
    numbers = f"{len(rows[first])} and {len(rows[other])} rows"
    return at_row(
        rows[other][0],
        severity="warning",
        code="stimulus-named-two-ways",
        column="stimulus",
        found=f"{other!r} and {first!r} ({numbers}), which mean the same",
        expected="one name for one stimulus in all tables",
        advice="They count as two stimuli. Write one name; a dose belongs in stimulus_dose.",
    )


def _not_known(word: str, rows: list[Row]) -> Finding:
    return at_row(
        rows[0],
        severity="note",
        code="stimulus-unknown",
        column="stimulus",
        found=f"{word!r} ({len(rows)} rows), a stimulus that is not known here",
        expected="a stimulus of the vocabulary, such as IFN-alpha, IL-6, PMA/Iono",
        advice="Its wells give effect sizes and no score. Say what it means in "
        f'[analysis.stimulation]: stimuli = {{ "{word}" = "ifn_alpha" }}.',
    )


def _minutes(tables: Tables, analysis: AnalysisSettings) -> Iterator[Finding]:
    missing: dict[tuple[str, str], list[Row]] = {}
    for name, row in _stimulated(tables, _WITH_LISTS):
        if row["stimulus_minutes"] is None:
            missing.setdefault((name, row["stimulus"].strip()), []).append(row)
    for (_, word), rows in missing.items():
        known = study_stimulus(analysis.stimulation, word)
        lists = () if known is None else marker_lists(known.family)
        if len(lists) > 1:
            spans = " or ".join(f"{one.minutes_low:g} to {one.minutes_high:g}" for one in lists)
            yield at_row(
                rows[0],
                severity="warning",
                code="stimulus-minutes-missing",
                column="stimulus_minutes",
                found=f"{word!r} without stimulus_minutes in {len(rows)} rows",
                expected=f"how long it acted: {spans} minutes are read by other markers",
                advice=f"All of {', '.join(one.id for one in lists)} are read, though cells may "
                "not have had the time to answer. Map stimulus_minutes.",
            )


STIMULUS_NAMES = Check(
    ("stimulus-named-two-ways", "stimulus-unknown"),
    "stimuli under two names, and stimuli that are not known",
    _names,
)
STIMULUS_MINUTES = Check(
    ("stimulus-minutes-missing",),
    "stimuli that are read by other markers early and late, without a time",
    _minutes,
)
