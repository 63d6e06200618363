"""Stimuli by the words of laboratories, and the marker lists that are declared for them."""

import re

import pytest

from macroimmune.evidence import (
    find_antigen,
    find_population,
    find_stimulus,
    marker_lists,
    sources,
    stimuli,
)


@pytest.mark.parametrize(
    ("words", "identity"),
    [
        ("IFN-α", "ifn_alpha"),
        ("ifn beta", "ifn_beta"),
        ("Type I IFN", "ifn_1"),
        ("IL-6", "il6"),
        ("PMA/Iono", "pma_ionomycin"),
        ("BCR/FcR-XL", "bcr"),
        ("K-562", "k562"),
        ("R-848", "r848"),
    ],
)
def test_a_laboratory_word_names_its_stimulus(words, identity):
    assert find_stimulus(words).id == identity


def test_no_word_names_two_stimuli():
    words = [(word, one.id) for one in stimuli() for word in (one.id, one.name, *one.aliases)]
    assert all(find_stimulus(word).id == identity for word, identity in words)


def test_every_marker_and_population_of_a_list_is_known_by_its_id():
    for one in marker_lists():
        assert all(find_antigen(marker).id == marker for marker in one.markers), one.id
        assert all(find_population(name).id == name for name in one.populations), one.id


def test_every_list_is_of_a_family_of_stimuli():
    assert {one.family for one in marker_lists()} <= {one.family for one in stimuli()}


def test_what_a_list_cites_is_a_source_or_said_to_be_usage():
    known = set(sources())
    for one in marker_lists():
        cited = set(re.findall(r"\w+_(?:19|20)\d\d|briefing", one.source))
        assert cited <= known, one.id
        assert cited or "standard usage" in one.source, one.id


def test_lists_of_one_family_never_cover_the_same_minutes():
    for family in {one.family for one in marker_lists()}:
        for minutes in (1.0, 60.0, 120.0, 121.0, 360.0, 1440.0, 10080.0):
            assert sum(one.covers(minutes) for one in marker_lists(family)) <= 1
