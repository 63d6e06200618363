"""Downloads, through an opener of the test's own: nothing here reaches a network."""

import io
from dataclasses import replace
from urllib.error import URLError
from urllib.request import Request

import pytest

from macroimmune.datasets import fetch, fetching, locate
from macroimmune.datasets.https_only import HttpsOnly
from macroimmune.errors import InputError


def opener_of(contents):
    return lambda address: io.BytesIO(contents[address.rsplit("/", 1)[1]])


def left_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_download_ends_in_the_cache_and_is_found_there(places, cohort, contents):
    folder = fetch("small", opener=opener_of(contents))
    assert folder == places[1] / "small"
    assert left_in(folder) == ["a.csv", "b.csv"]
    assert locate("small") == folder


def test_licence_and_citation_are_said_first(places, cohort, contents):
    lines = []
    fetch("small", progress=lines.append, opener=opener_of(contents))
    assert lines[0] == "small: licence CC0-1.0. Cite: Nobody, Nowhere"
    assert lines[1] == "a.csv: 1 of 2 files, 13 bytes"


def test_what_is_there_already_is_not_downloaded_again(places, cohort, contents):
    fetch("small", opener=opener_of(contents))

    def closed(address):
        pytest.fail(f"{address} was opened")

    fetch("small", opener=closed)


def test_a_file_with_another_checksum_is_not_kept(places, cohort, contents):
    wrong = contents | {"a.csv": b"id,value\n1,9\n"}
    with pytest.raises(InputError, match="expected"):
        fetch("small", opener=opener_of(wrong))
    assert left_in(places[1] / "small") == []


def test_a_longer_file_is_stopped_at_the_stated_size(places, cohort, contents):
    class Endless(io.BytesIO):
        given = 0

        def read(self, size=-1):
            self.given += size
            return b"x" * size

    stream = Endless()
    with pytest.raises(InputError, match="more than the stated 13 bytes"):
        fetch("small", opener=lambda address: stream)
    assert stream.given <= 1 << 16
    assert left_in(places[1] / "small") == []


def test_a_broken_connection_leaves_nothing_and_names_the_address(places, cohort):
    def broken(address):
        raise URLError("no route")

    with pytest.raises(InputError, match=r"example\.invalid/a\.csv: cannot be downloaded"):
        fetch("small", opener=broken)
    assert left_in(places[1] / "small") == []


def test_a_file_without_address_is_refused_before_anything_is_opened(places, cohort, monkeypatch):
    first, second = cohort.files
    converted = replace(second, address="", how="Converted from elsewhere.")
    changed = replace(cohort, files=(first, converted))
    monkeypatch.setattr(fetching, "find_dataset", lambda name: changed)
    with pytest.raises(InputError, match="no public address. Converted from elsewhere"):
        fetch("small", opener=lambda address: pytest.fail(address))


@pytest.mark.parametrize("address", ["http://example.invalid/a.csv", "file:///etc/hostname"])
def test_only_https_is_opened(places, cohort, monkeypatch, address):
    changed = replace(cohort, files=(replace(cohort.files[0], address=address),))
    monkeypatch.setattr(fetching, "find_dataset", lambda name: changed)
    with pytest.raises(InputError, match="is not https"):
        fetch("small", opener=lambda address: pytest.fail(address))


def test_a_redirect_away_from_https_is_refused():
    request = Request("https://example.invalid/a.csv")
    with pytest.raises(URLError, match="not https"):
        HttpsOnly().redirect_request(
            request, io.BytesIO(), 302, "Found", {}, "http://example.invalid/a.csv"
        )
