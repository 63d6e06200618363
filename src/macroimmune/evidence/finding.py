"""Find lines of the evidence by words."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from functools import cache
from types import MappingProxyType

from macroimmune.errors import InputError
from macroimmune.evidence.index import Record, records
from macroimmune.evidence.population import Population, populations
from macroimmune.evidence.tables import parts, table
from macroimmune.evidence.wording import words_of

__all__ = ["SearchHit", "search"]

Words = tuple[str, ...]

# Where a word was found, and what that counts.
_WEIGHTS = (3, 2, 1)
_IDS = {"id", "evidence_id", "feature_id"}
_SUBJECTS = {"feature", "population", "observable", "name", "aliases", "title", "label"}


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A line of the evidence that has all words of a search."""

    evidence_id: str
    kind: str
    sentence: str
    citation: str


def search(
    words: str, *, kinds: Collection[str] | None = None, limit: int | None = None
) -> tuple[SearchHit, ...]:
    """Return the lines of the evidence that have all words, the best first.

    Parameters
    ----------
    words : str
        Words between spaces, in any order; three letters or more also find longer words that
        begin with them.
    kinds : collection of str or None
        Some of biomarker, perturbation, claim, population, antigen, gene set, source; None for all.
    limit : int or None
        At most so many hits; None for all.

    Returns
    -------
    hits : tuple of SearchHit
        Words found in an id count most, then those in what is measured, then all others; equal
        ones in the order of kinds above and of the tables. None for no words.

    Raises
    ------
    InputError
        If a kind is not known or the limit is negative.

    Notes
    -----
    Convention: names that mean the same find the same: `IL-6` and `il6`, `CXCL8` and `IL-8`,
    `treg` and `regulatory T cells`.

    Examples
    --------
    >>> [hit.evidence_id for hit in search("neutrophil lymphocyte", limit=3)]
    ['nlr-1', 'nlr-2', 'nlr-3']
    """
    chosen = set(records()) if kinds is None else set(kinds)
    if unknown := chosen - set(records()):
        msg = f"no such kind of evidence: {sorted(unknown)}; choose from {', '.join(records())}"
        raise InputError(msg)
    if limit is not None and limit < 0:
        msg = f"a limit is a number of hits, 0 or more, found {limit}"
        raise InputError(msg)
    wanted = tuple(_in_one_word(words_of(words)))
    if not wanted:
        return ()
    found = [
        (score, hit)
        for kind, hit, places in _searchable()
        if kind in chosen and (score := _score(wanted, places)) > 0
    ]
    found.sort(key=lambda pair: -pair[0])
    return tuple(hit for _, hit in found[:limit])


@cache
def _searchable() -> tuple[tuple[str, SearchHit, tuple[frozenset[str], ...]], ...]:
    """Give each line with the words of its id, of what it is about, and of all the rest."""
    return tuple(
        (
            kind,
            SearchHit(record.evidence_id, kind, record.sentence, record.citation),
            tuple(frozenset(_with_synonyms(texts)) for texts in _places(record)),
        )
        for kind, of_kind in records().items()
        for record in of_kind
    )


def _places(record: Record) -> tuple[list[str], list[str], list[str]]:
    ids, subjects, others = [record.evidence_id], list[str](), list[str]()
    for field in fields(record):
        value = getattr(record, field.name)
        place = ids if field.name in _IDS else subjects if field.name in _SUBJECTS else others
        place.extend(value if isinstance(value, tuple) else [str(value)])
    if isinstance(record, Population):
        others += [f"{one.species} {one.phrase} {one.note}" for one in record.definitions]
    return ids, subjects, others


def _score(wanted: Words, places: tuple[frozenset[str], ...]) -> int:
    """Add up the best place of each word; 0 where a word is nowhere."""
    total = 0
    for word in wanted:
        best = next(
            (weight for weight, there in zip(_WEIGHTS, places, strict=True) if _is_in(word, there)),
            0,
        )
        if best == 0:
            return 0
        total += best
    return total


def _is_in(word: str, there: frozenset[str]) -> bool:
    return word in there or (len(word) > 2 and any(other.startswith(word) for other in there))


@cache
def _synonyms() -> MappingProxyType[str, tuple[tuple[Words, str], ...]]:
    """Give each phrase and the one word that stands for it, by first word, longest first."""
    pairs = {
        words_of(alias): row["word"]
        for row in table("search_aliases")
        for alias in parts(row["aliases"])
    }
    for population in populations():
        for name in (population.name, *population.aliases):
            pairs.setdefault(words_of(name), population.id)
    by_first: dict[str, list[tuple[Words, str]]] = {}
    for phrase, word in sorted(pairs.items(), key=lambda pair: -len(pair[0])):
        by_first.setdefault(phrase[0], []).append((phrase, word))
    return MappingProxyType({first: tuple(pairs) for first, pairs in by_first.items()})


def _phrases_at(words: Words, start: int) -> Iterator[tuple[int, str]]:
    """Give the length of each known phrase that begins here, and the word that stands for it."""
    for phrase, word in _synonyms().get(words[start], ()):
        if words[start : start + len(phrase)] == phrase:
            yield len(phrase), word


def _with_synonyms(texts: list[str]) -> Iterator[str]:
    for text in texts:
        words = words_of(text)
        yield from words
        for start in range(len(words)):
            yield from (word for _, word in _phrases_at(words, start))


def _in_one_word(words: Words) -> Iterator[str]:
    """Replace each phrase that has a synonym by it, the longest where several begin."""
    start = 0
    while start < len(words):
        length, word = next(_phrases_at(words, start), (1, words[start]))
        yield word
        start += length
