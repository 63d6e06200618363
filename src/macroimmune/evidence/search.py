"""Find lines of the evidence by words."""

import re
from dataclasses import dataclass, fields

from macroimmune.evidence.population_names import find_population
from macroimmune.evidence.records import Biomarker, Claim, Perturbation
from macroimmune.evidence.tables import biomarkers, claims, perturbations

__all__ = ["SearchHit", "search"]

_HEAD = ("evidence_id", "feature_id", "feature", "population", "observable")


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A line that contains all words, the best first."""

    evidence_id: str
    kind: str
    sentence: str
    citation: str


def search(words: str, *, limit: int | None = None) -> tuple[SearchHit, ...]:
    """Return the lines that contain all words.

    Parameters
    ----------
    words : str
        Separated by spaces; compared without case, hyphens and plus signs, at the start of a
        word. A word that names a population (`treg`) also finds its other names.
    limit : int or None
        At most so many.

    Returns
    -------
    hits : tuple of SearchHit
        First those with a word in their id or in what is measured, then the others; biomarkers
        before perturbations before claims.

    Examples
    --------
    >>> search("nlr")[0].evidence_id
    'nlr-1'
    """
    wanted = [_spellings(word) for word in words.split()]
    if not wanted:
        return ()
    ranked = []
    for kind, lines in (
        ("biomarker", biomarkers()),
        ("perturbation", perturbations()),
        ("claim", claims()),
    ):
        for line in lines:
            head, rest = _texts(line)
            if all(_occurs(spellings, f"{head} {rest}") for spellings in wanted):
                in_head = sum(_occurs(spellings, head) for spellings in wanted)
                ranked.append((
                    -in_head,
                    SearchHit(line.evidence_id, kind, line.sentence, line.citation),
                ))
    ranked.sort(key=lambda pair: pair[0])
    return tuple(hit for _, hit in ranked[:limit])


def _fold(text: str) -> str:
    """Fold case and punctuation; IL-6 and IL6 become the same word."""
    joined = re.sub(r"(?<=[a-z])-(?=\d)", "", text.lower())
    return re.sub(r"[^a-z0-9]+", " ", joined).strip()


def _spellings(word: str) -> tuple[str, ...]:
    known = find_population(word)
    others = (known.name, *known.aliases) if known is not None else ()
    return tuple(dict.fromkeys(folded for text in (word, *others) if (folded := _fold(text))))


def _occurs(spellings: tuple[str, ...], text: str) -> bool:
    return any(f" {spelling}" in f" {text}" for spelling in spellings)


def _texts(line: Biomarker | Perturbation | Claim) -> tuple[str, str]:
    """Return what a line is about, and all else that it says."""
    head: list[str] = []
    rest: list[str] = []
    for field in fields(line):
        value = getattr(line, field.name)
        text = " ".join(value) if isinstance(value, tuple) else str(value)
        (head if field.name in _HEAD else rest).append(text)
    return _fold(" ".join(head).replace("_", " ")), _fold(" ".join(rest))
