"""The registry of public cohorts."""

import pytest

from macroimmune.datasets import datasets, find_dataset
from macroimmune.errors import InputError


def test_every_file_has_a_checksum_a_size_and_a_source():
    for dataset in datasets():
        assert dataset.files
        assert dataset.licence
        assert dataset.citation
        for file in dataset.files:
            assert len(file.sha256) == 64
            assert file.bytes > 0
            assert bool(file.address) != bool(file.how), file.path


def test_addresses_are_https_at_a_fixed_commit():
    for dataset in datasets():
        for file in dataset.files:
            if file.address:
                host, _, rest = file.address.removeprefix("https://").partition("/")
                assert host == "raw.githubusercontent.com"
                commit = rest.split("/")[2]
                assert len(commit) == 40
                assert set(commit) <= set("0123456789abcdef")


def test_names_are_unique():
    names = [dataset.name for dataset in datasets()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["prince", "PRINCE", " prince "])
def test_a_name_is_found_without_regard_to_case(name):
    assert find_dataset(name).name == "prince"


def test_a_misspelled_name_is_answered_with_the_closest():
    with pytest.raises(InputError, match="Did you mean 'prince'"):
        find_dataset("prinse")


def test_a_strange_name_is_answered_with_all_names():
    with pytest.raises(InputError, match="There are: 'loris', 'prince'"):
        find_dataset("zzzzzz")
