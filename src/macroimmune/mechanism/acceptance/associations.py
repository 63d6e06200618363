"""Predictors and outcomes of associations: what of a virtual patient is read, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from macroimmune.mechanism.acceptance.declared import (
    check_keys,
    check_word,
    declared_tables,
    window,
)

__all__ = ["VARIABLE_MEASURES", "WHEN", "Variable", "outcomes", "predictors"]

VARIABLE_MEASURES = {
    "reading": "the observable",
    "response": "log of the burden at day 0 over the burden in the window",
    "survival": "day on which the burden becomes lethal, censored at the end of the window",
}
WHEN = {
    "before": "before treatment",
    "on treatment": "mean over the window",
    "change": "log of the mean over the window over the value before treatment",
}


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of a virtual patient.

    Parameters
    ----------
    text : str
        A condition of the vocabulary for a predictor, an observable for an outcome.
    measure : str
        One of `VARIABLE_MEASURES`.
    observable, compartment : str
        Of a reading; the compartment is the claim's where it is empty.
    when : str
        One of `WHEN`.
    day : (float, float), days
        Window on treatment; for an outcome its last day ends the follow-up.
    sign : int
        -1 where the text means a low value (a predictor) or a bad one (an outcome such as
        relapse).
    under : str
        Text of the condition that all patients have: the therapy. Of predictor and outcome the
        one that states it; empty: untreated.
    meaning : str
    """

    text: str
    measure: str = "reading"
    observable: str = ""
    compartment: str = ""
    when: str = "before"
    day: tuple[float, float] = (28.0, 28.0)
    sign: int = 1
    under: str = ""
    meaning: str = ""


@cache
def predictors() -> dict[str, Variable]:
    """Return the predictors by the text of the condition; claims without one are contrasts.

    Raises
    ------
    InputError
        If a table has a key or a word that is not known.
    """
    return _variables("predictors")


@cache
def outcomes() -> dict[str, Variable]:
    """Return the outcomes by the text of the observable.

    Raises
    ------
    InputError
        If a table has a key or a word that is not known.
    """
    return _variables("outcomes")


def _variables(part: str) -> dict[str, Variable]:
    declared = declared_tables("associations.toml").get(part, {})
    return {
        text: _variable(f"associations.toml, {text!r}", text, declared[text]) for text in declared
    }


def _variable(where: str, text: str, said: Mapping[str, Any]) -> Variable:
    check_keys(where, said, Variable, "text")
    check_word(f"{where}, measure", said.get("measure", "reading"), VARIABLE_MEASURES)
    check_word(f"{where}, when", said.get("when", "before"), WHEN)
    return Variable(**{**said, "text": text, "day": window(said.get("day", 28.0))})
