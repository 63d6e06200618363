"""The word that was probably meant, for messages about a name that is not there."""

import difflib
from collections.abc import Iterable

__all__ = ["closest_word", "did_you_mean", "folded"]


def folded(text: str) -> str:
    """Return `text` without case, punctuation and spaces, as headings are compared.

    Examples
    --------
    >>> folded("Neutrophil-to-Lymphocyte ratio") == folded("neutrophil to lymphocyte  Ratio")
    True
    """
    return "".join(character for character in text.casefold() if character.isalnum())


def closest_word(word: str, words: Iterable[str]) -> str | None:
    """Return the one of `words` that is most like `word`, None where none is alike."""
    by_key: dict[str, str] = {}
    for candidate in words:
        by_key.setdefault(folded(candidate), candidate)
    near = difflib.get_close_matches(folded(word), by_key, n=1, cutoff=0.6)
    return by_key[near[0]] if near else None


def did_you_mean(word: str, words: Iterable[str], *, shown: int = 12) -> str:
    """Return one sentence of advice: the closest word, or which words there are."""
    known = list(words)
    near = closest_word(word, known)
    if near is not None:
        return f"Did you mean {near!r}?"
    listed = ", ".join(repr(name) for name in known[:shown])
    more = f" and {len(known) - shown} more" if len(known) > shown else ""
    return f"There are: {listed}{more}." if known else "There are none."
