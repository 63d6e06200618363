"""Guesses of the cause of death, and of what came first where an event column says it."""

import re

from macroimmune.inputs import ColumnSpec
from macroimmune.schema import ENDPOINTS
from macroimmune.study.drafting.column_profile import ColumnProfile
from macroimmune.study.drafting.guess import Guess, Open

__all__ = ["guess_cause_of_death", "guess_event_kind"]

_HEADING = re.compile(r"\bcauses? of death\b|\bdeath cause\b|\bcod\b|\bcause death\b")
# In this order: death of another cause is often written as not of the cancer.
_CAUSES = (
    ("unknown", r"unknown|not known|^unk$|unspecified|undetermined"),
    (
        "other",
        r"\bnon.?(?:cancer|tumou?r|disease|malign)|\b(?:un|not )related|\bother\b|cardi|infect"
        r"|stroke|pulmon|suicide|accident|covid|intercurrent|comorbid",
    ),
    ("treatment", r"treatment|toxic|adverse|\btrm\b|\birae"),
    ("cancer", r"cancer|tumou?r|disease|progress|malignan|melanoma|carcinoma|sarcoma|^pd$"),
)
_DEATH = re.compile(r"\bdeath\b|\bdead\b|\bdied\b|deceased")
_FIRST = {"pfs": re.compile(r"progress|^pd$"), "rfs": re.compile(r"relaps|recur")}


def guess_cause_of_death(column: ColumnProfile) -> Guess | Open | None:
    """Return the cause of death, an open question where codes do not tell, None if it is none."""
    if not _HEADING.search(column.text):
        return None
    known: dict[str, str] = {}
    for code in column.codes:
        match = (cause for cause, words in _CAUSES if re.search(words, code.lower()))
        known[code] = next(match, "")
    unclear = [code for code, cause in known.items() if not cause]
    if unclear:
        return Open(
            "outcomes",
            column.heading,
            f"causes of death {', '.join(unclear[:4])}",
            'say what they mean: death_cause = { column = "...", values = { "..." = "cancer" } }',
        )
    own = {code: cause for code, cause in known.items() if code != cause}
    reason = ", ".join(f"{code} = {cause}" for code, cause in own.items())
    return Guess("outcomes", "death_cause", ColumnSpec(column.heading, values=own), reason)


def guess_event_kind(
    endpoint: str, column: ColumnProfile, no_event: tuple[str, ...]
) -> list[Guess]:
    """Return what came first, where the codes of the event tell it from death; else nothing.

    `no_event` are the codes that mean no event.
    """
    causes, first = ENDPOINTS[endpoint].causes, _FIRST.get(endpoint)
    if causes is None or first is None:
        return []
    kinds: dict[str, str] = {}
    for code in column.codes:
        if code in no_event:
            continue
        if _DEATH.search(code.lower()):
            kinds[code] = "death"
        elif first.search(code.lower()):
            kinds[code] = causes.of_interest
        else:
            return []
    if set(kinds.values()) != {"death", causes.of_interest}:
        return []
    spec = ColumnSpec(column.heading, values=kinds, missing=no_event)
    return [Guess("outcomes", causes.column, spec, "the codes of the event say what came first")]
