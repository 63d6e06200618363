"""Where the files of a cohort are found."""

import os
from pathlib import Path

import pytest

from macroimmune.datasets import cache_folder, datasets, locate
from macroimmune.errors import InputError


def put(folder, contents):
    folder.mkdir(parents=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def test_the_data_folder_comes_before_the_cache(places, cohort, contents):
    data, cache = places
    put(data / "small", contents)
    put(cache / "small", contents)
    assert locate("small") == data / "small"


def test_the_cache_is_used_where_the_data_folder_has_nothing(places, cohort, contents):
    _, cache = places
    put(cache / "small", contents)
    assert locate("small") == cache / "small"


def test_a_folder_that_lacks_a_file_does_not_count(places, cohort, contents):
    data, cache = places
    put(data / "small", {"a.csv": contents["a.csv"]})
    put(cache / "small", contents)
    assert locate("small") == cache / "small"


def test_a_changed_file_is_refused_with_its_name(places, cohort, contents):
    data, _ = places
    put(data / "small", contents | {"a.csv": b"id,value\n1,3\n"})
    with pytest.raises(InputError, match=r"a\.csv: not the file of the registry"):
        locate("small")


def test_an_absent_cohort_is_an_error_that_says_where_was_looked_and_what_to_do(places, cohort):
    data, cache = places
    with pytest.raises(InputError) as caught:
        locate("small")
    text = str(caught.value)
    assert str(data / "small") in text
    assert str(cache / "small") in text
    assert "MACROIMMUNE_DATA" in text
    assert "macroimmune data fetch small" in text


def test_a_cohort_without_address_says_how_it_was_made(places):
    with pytest.raises(InputError, match=r"LORIS.*AllData\.xlsx"):
        locate("loris")


def test_a_relative_cache_home_is_not_used(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "macroimmune"


@pytest.mark.data
@pytest.mark.skipif(not os.environ.get("MACROIMMUNE_DATA"), reason="MACROIMMUNE_DATA is not set")
@pytest.mark.parametrize("name", [dataset.name for dataset in datasets()])
def test_every_cohort_is_found_with_all_files_unchanged(name):
    folder = locate(name)
    assert folder == Path(os.environ["MACROIMMUNE_DATA"]).resolve() / name
