"""Guesses of who the participants are: id, age, sex, arm, cancer."""

import re
from collections.abc import Callable, Iterable

from macroimmune.closest import folded
from macroimmune.inputs import ColumnSpec
from macroimmune.study.drafting.column_profile import ColumnProfile
from macroimmune.study.drafting.guess import Guess, Open

__all__ = [
    "guess_identifier",
    "guess_participants",
    "is_identifier",
    "is_identifier_heading",
    "is_sample_identifier",
]

_IDENTIFIERS = (
    "participantid",
    "patientid",
    "subjectid",
    "usubjid",
    "deidentifiedid",
    "participant",
    "patient",
    "subject",
    "patientno",
    "patientnumber",
    "subjectnumber",
    "patientcode",
    "caseid",
    "donorid",
    "donor",
    "mouseid",
    "mouse",
    "pid",
    "ptid",
    "id",
)
_SAMPLE = re.compile(r"(sample|specimen|aliquot|barcode)(id|no|number|name|code)?")
_SEX = {"f": "female", "female": "female", "woman": "female", "w": "female"} | {
    "m": "male",
    "male": "male",
    "man": "male",
}
_YES_NO = {"0", "1", "y", "n", "yes", "no", "true", "false"}
_MOST_ARMS = 12


def is_identifier(column: ColumnProfile) -> bool:
    """Whether the heading names a participant."""
    return is_identifier_heading(column.heading)


def is_identifier_heading(heading: str) -> bool:
    """Whether a heading names a participant."""
    return folded(heading) in _IDENTIFIERS


def is_sample_identifier(column: ColumnProfile) -> bool:
    """Whether the heading names a sample."""
    return bool(_SAMPLE.fullmatch(folded(column.heading)))


def guess_identifier(columns: Iterable[ColumnProfile]) -> tuple[str, str] | None:
    """Return (heading of the participant, reason), None where no column can be it."""
    by_key = {folded(column.heading): column for column in reversed(list(columns))}
    for key in _IDENTIFIERS:
        if key in by_key:
            return by_key[key].heading, ""
    unique = [one for one in by_key.values() if len(one.codes) == one.n_rows]
    for column in reversed(unique):
        if is_sample_identifier(column) or folded(column.heading).endswith("id"):
            return column.heading, "each row has another value of it"
    texts = [one for one in reversed(unique) if not one.is_number]
    if texts:
        return texts[0].heading, "the first column in which each row has another text"
    return None


def _age(column: ColumnProfile) -> Guess | None:
    if not (column.is_number and column.has("age")) or column.numbers.max() > 120:
        return None
    return Guess("participants", "age_years", ColumnSpec(column.heading))


def _sex(column: ColumnProfile) -> Guess | Open | None:
    if not column.has("sex", "gender"):
        return None
    if all(code.lower() in _SEX for code in column.codes):
        known = {"f", "m", "female", "male", "woman", "man"}
        own = {code: _SEX[code.lower()] for code in column.codes if code.lower() not in known}
        return Guess("participants", "sex", ColumnSpec(column.heading, values=own))
    return Open(
        "participants",
        column.heading,
        f"codes {', '.join(column.codes[:5])}",
        'say which is female: sex = { column = "...", values = { "..." = "female" } }',
    )


def _stage(column: ColumnProfile) -> Guess | None:
    if column.has("stage", "ajcc", "tnm") and not column.has("diagnosis", "date"):
        return Guess("participants", "stage", ColumnSpec(column.heading))
    return None


def _performance(column: ColumnProfile) -> Guess | None:
    if not column.has("ecog", "performance status", "who ps", "ecog ps") or not column.is_number:
        return None
    if column.numbers.max() > 5 or len(column.codes) < 3 or column.has("0"):
        return None
    return Guess("participants", "performance_status", ColumnSpec(column.heading))


def _prior(column: ColumnProfile) -> Guess | None:
    words = ("prior therapy", "prior treatment", "prior systemic therapy", "pretreated")
    if not column.has(*words, "systemic therapy history", "previous therapy"):
        return None
    if not {code.lower() for code in column.codes} <= _YES_NO:
        return None
    return Guess("participants", "prior_therapy", ColumnSpec(column.heading))


def _text(name: str, *headings: str) -> Callable[[ColumnProfile], Guess | None]:
    """Return a guesser of a text column that has exactly one of these headings."""

    def guess(column: ColumnProfile) -> Guess | None:
        if column.folded_name not in headings or not 1 <= len(column.codes) <= _MOST_ARMS * 5:
            return None
        if name.startswith("arm") and len(column.codes) > _MOST_ARMS:
            return None
        if column.is_number and name in {"cancer_type", "species"}:
            return None
        return Guess("participants", name, ColumnSpec(column.heading))

    return guess


_GUESSERS: tuple[Callable[[ColumnProfile], Guess | Open | None], ...] = (
    _age,
    _sex,
    _text("arm", "arm", "treatmentarm", "randomisedarm", "randomizedarm", "trtarm", "plannedarm"),
    _text("arm_as_treated", "actualarm", "armastreated", "armtreated", "treatedarm"),
    _text("arm", "treatment", "trt", "therapy", "regimen", "treatmentgroup"),
    _text(
        "cancer_type",
        "cancertype",
        "tumortype",
        "tumourtype",
        "cancer",
        "indication",
        "histology",
        "primarytumor",
        "primarytumour",
        "diagnosis",
    ),
    _stage,
    _performance,
    _prior,
    _text("cohort", "cohort", "study", "studyid", "dataset", "trial"),
    _text("species", "species"),
)


def guess_participants(columns: Iterable[ColumnProfile]) -> list[Guess | Open]:
    """Return what can be said of the participants, each of our columns once."""
    columns, found, taken = list(columns), [], set()
    for guesser in _GUESSERS:
        for column in columns:
            guess = guesser(column)
            name = guess.name if isinstance(guess, Guess) else "sex"
            if guess is not None and name not in taken:
                taken.add(name)
                found.append(guess)
                break
    return found
