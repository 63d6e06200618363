"""Columns with the cause of death or the kind of event are recognised by their words."""

import pytest

from macroimmune.study.drafting.cause_columns import guess_cause_of_death, guess_event_kind
from macroimmune.study.drafting.column_profile import ColumnProfile
from macroimmune.study.drafting.guess import Guess, Open
from macroimmune.study.drafting.outcome_columns import guess_outcomes


def column(heading: str, *codes: str) -> ColumnProfile:
    return ColumnProfile(heading, codes, len(codes))


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("Melanoma", "cancer"),
        ("disease progression", "cancer"),
        ("non-cancer", "other"),
        ("Not related to tumour", "other"),
        ("cardiac", "other"),
        ("Immune-related toxicity", "treatment"),
        ("Unknown", "unknown"),
        ("cancer", "cancer"),
    ],
)
def test_causes_of_death_are_read_by_their_words(code, cause) -> None:
    guess = guess_cause_of_death(column("Cause of Death", code))
    assert isinstance(guess, Guess)
    assert guess.spec.values.get(code, code) == cause


@pytest.mark.parametrize("heading", ["death_cause", "COD", "causeOfDeath"])
def test_headings_of_the_cause_are_known(heading) -> None:
    (guess,) = guess_outcomes([column(heading, "cancer", "other")])
    assert guess.name == "death_cause"


def test_codes_that_do_not_tell_are_left_open() -> None:
    found = guess_cause_of_death(column("Cause of death", "1", "2"))
    assert isinstance(found, Open)
    assert "1, 2" in found.found
    assert guess_cause_of_death(column("Age", "1", "2")) is None


def test_what_came_first_is_read_where_the_event_says_it() -> None:
    codes = ("Censored", "Death", "Progression")
    (guess,) = guess_event_kind("pfs", column("PFS event", *codes), ("Censored",))
    assert guess.name == "pfs_event_kind"
    assert dict(guess.spec.values) == {"Death": "death", "Progression": "progression"}
    assert guess.spec.missing == ("Censored",)
    assert guess_event_kind("pfs", column("PFS event", "0", "1"), ("0",)) == []
    assert guess_event_kind("pfs", column("PFS event", "0", "PD"), ("0",)) == []
    assert guess_event_kind("os", column("OS event", *codes), ("Censored",)) == []
