"""Codes that the user gave for an event or a response, and what the other codes mean."""

import re

from macroimmune.errors import InputError
from macroimmune.inputs.cells import code_key
from macroimmune.study.drafting.column_profile import ColumnProfile
from macroimmune.study.drafting.outcome_columns import is_no_event, recist_code

__all__ = ["codes_in", "other_codes"]

_LISTED = 8
_OPPOSITES = {"1": "0", "yes": "no", "y": "n", "true": "false", "t": "f"}
_OPPOSITE = _OPPOSITES | {to: word for word, to in _OPPOSITES.items()}
_NO_RESPONSE = re.compile(
    r"nr|nd?b|non.?respon(?:der|se)s?|no (?:response|benefit|clinical benefit)"
)


def codes_in(column: ColumnProfile, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the codes as the cells spell them, matched without case.

    Parameters
    ----------
    column : ColumnProfile
    codes : tuple of str
        As the user wrote them. A RECIST word that nobody has is no mistake.

    Raises
    ------
    InputError
        If no cell has a code, with the codes that there are.
    """
    by_key = {code_key(code): code for code in reversed(column.codes)}
    for code in codes:
        unseen = recist_code(code) is not None and any(map(recist_code, column.codes))
        if code_key(code) not in by_key and not unseen:
            listed = ", ".join(column.codes[:_LISTED])
            more = ", ..." if len(column.codes) > _LISTED else ""
            msg = f"no cell of {column.heading} says {code!r}; there are: {listed}{more}"
            raise InputError(msg)
    return tuple(by_key.get(code_key(code), code) for code in codes)


def other_codes(
    column: ColumnProfile, true: tuple[str, ...], missing: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (codes that say no event or no response, codes that are missing) of the others.

    Notes
    -----
    Convention: a code that is neither stays out of both, and the reader refuses it: a patient
    who left the study for another reason is never quietly one without an event.
    """
    keys = {code_key(code) for code in (*true, *missing)}
    others = [code for code in column.codes if code_key(code) not in keys]
    by_recist = all(recist_code(code) for code in true)
    if by_recist:
        absent = tuple(code for code in others if recist_code(code) == "NE")
        false = tuple(code for code in others if recist_code(code) in {"CR", "PR", "SD", "PD"})
        return false, (*missing, *absent)
    negative = {_OPPOSITE.get(key, "") for key in keys} | {"0"}
    if "2" in keys:
        negative.add("1")
    false = tuple(
        code
        for code in others
        if code_key(code) in negative or is_no_event(code) or _NO_RESPONSE.fullmatch(code_key(code))
    )
    return false, missing
