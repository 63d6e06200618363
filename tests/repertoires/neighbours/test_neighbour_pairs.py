"""All pairs one letter apart: by hand, against comparison of all pairs, and in parts."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.repertoires.neighbours import neighbour_pairs

WORDS = st.lists(st.text("ACS", min_size=1, max_size=6), unique=True, max_size=40)


def end_to_end(words: list[str]) -> tuple[np.ndarray, np.ndarray]:
    letters = np.frombuffer("".join(words).encode(), dtype=np.uint8)
    return letters, np.cumsum([0, *map(len, words)], dtype=np.int64)


def edit_distance(one: str, other: str) -> int:
    """Return the Levenshtein distance, by its table."""
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, second in enumerate(other, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != second)))
        above = row
    return above[-1]


def is_substituted(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def all_pairs(words: list[str], within: str, groups: list[int] | None = None) -> list:
    return [
        (i, j)
        for i, j in combinations(range(len(words)), 2)
        if (groups is None or groups[i] == groups[j])
        and (
            is_substituted(words[i], words[j])
            if within == "one substitution"
            else edit_distance(words[i], words[j]) == 1
        )
    ]


def found_pairs(words: list[str], **options) -> list:
    first, second = neighbour_pairs(*end_to_end(words), **options)
    return list(zip(first.tolist(), second.tolist(), strict=True))


def test_a_substitution_joins_and_an_insertion_joins_only_where_edits_are_asked_for():
    words = ["CASSF", "CASSY", "CASF", "CVSSY", "CASSSF"]
    assert found_pairs(words) == [(0, 1), (1, 3)]
    # A letter out of a run of equal letters is one way, not several.
    assert found_pairs(words, within="one edit") == [(0, 1), (0, 2), (0, 4), (1, 3)]


def test_letters_at_either_end_may_be_the_ones_that_differ():
    assert found_pairs(["ABCD", "XBCD", "ABCX"]) == [(0, 1), (0, 2)]
    ends = ["BCD", "ABCD", "BCDE", "BCX"]
    assert found_pairs(ends, within="one edit") == [(0, 1), (0, 2), (0, 3)]


def test_receptors_of_one_letter_are_all_neighbours():
    assert found_pairs(["A", "B", "C"], within="one edit") == [(0, 1), (0, 2), (1, 2)]


def test_sequences_of_other_groups_are_no_neighbours():
    words = ["CASSF", "CASSY", "CASSW"]
    groups = np.array([7, 9, 7])
    assert found_pairs(words, groups=groups) == [(0, 2)]


def test_equal_sequences_of_two_groups_are_no_pair():
    groups = np.array([0, 1, 1])
    assert found_pairs(["CASSF", "CASSF", "CASSY"], groups=groups) == [(1, 2)]


@pytest.mark.parametrize("within", ["one substitution", "one edit"])
def test_no_sequence_or_one_has_no_pair(within):
    assert found_pairs([], within=within) == []
    assert found_pairs(["CASSF"], within=within) == []


@given(words=WORDS, data=st.data())
@settings(max_examples=60, deadline=None)
def test_pairs_are_those_of_comparing_all(words, data):
    groups = data.draw(st.lists(st.integers(0, 1), min_size=len(words), max_size=len(words)))
    for within in ("one substitution", "one edit"):
        assert found_pairs(words, within=within) == all_pairs(words, within)
        grouped = found_pairs(words, within=within, groups=np.array(groups, dtype=np.int64))
        assert grouped == all_pairs(words, within, groups)


@given(words=WORDS, most_keys=st.integers(1, 60))
@settings(max_examples=40, deadline=None)
def test_work_in_parts_finds_the_same(words, most_keys):
    for within in ("one substitution", "one edit"):
        whole = found_pairs(words, within=within)
        assert found_pairs(words, within=within, most_keys=most_keys) == whole


@given(words=WORDS, data=st.data())
@settings(max_examples=30, deadline=None)
def test_order_of_sequences_changes_no_pair(words, data):
    order = data.draw(st.permutations(range(len(words))))
    shuffled = found_pairs([words[k] for k in order], within="one edit")
    back = sorted(tuple(sorted((order[i], order[j]))) for i, j in shuffled)
    assert back == found_pairs(words, within="one edit")


def test_random_receptors_have_the_pairs_of_comparing_all_their_letters():
    rng = np.random.default_rng(3)
    drawn = rng.choice(list("ADEG"), size=(200, 7))
    words = sorted({"C" + "".join(row[: rng.integers(4, 8)]) + "F" for row in drawn})
    assert found_pairs(words, within="one edit") == all_pairs(words, "one edit")


@pytest.mark.parametrize(
    ("words", "options", "said"),
    [
        (["A", ""], {}, "sequence 1 is empty"),
        (["A", "B"], {"within": "two edits"}, "one substitution, one edit"),
        (["A", "B"], {"groups": np.array([1])}, "1 groups, 2 sequences"),
        (["A", "B"], {"most_keys": 0}, "at least 1"),
    ],
)
def test_what_cannot_be_used_is_said(words, options, said):
    with pytest.raises(InputError, match=said):
        found_pairs(words, **options)


def test_starts_that_do_not_span_the_letters_are_refused():
    with pytest.raises(InputError, match="from 0 to the number of letters, 3"):
        neighbour_pairs(np.frombuffer(b"ABC", dtype=np.uint8), np.array([0, 1]))
