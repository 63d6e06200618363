"""A small cohort of its own, so that no test needs the real ones or a network."""

import hashlib

import pytest

from macroimmune.datasets import DataFile, Dataset, fetching, locating

CONTENT = {"a.csv": b"id,value\n1,2\n", "b.csv": b"id\n" + b"7\n" * 50_000}


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Give (data folder, cache folder) that the registry's functions will look at."""
    data, cache = tmp_path / "data", tmp_path / "cache"
    monkeypatch.setenv("MACROIMMUNE_DATA", str(data))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    return data, cache / "macroimmune"


@pytest.fixture
def cohort(monkeypatch):
    """Put a cohort of two small files in place of the registry."""
    dataset = Dataset(
        name="small",
        title="A small cohort",
        files=tuple(
            DataFile(
                path=name,
                bytes=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                address=f"https://example.invalid/{name}",
            )
            for name, content in CONTENT.items()
        ),
        licence="CC0-1.0",
        citation="Nobody, Nowhere",
        note="",
    )
    for module in (locating, fetching):
        monkeypatch.setattr(module, "find_dataset", lambda name: dataset)
    return dataset


@pytest.fixture
def contents():
    """Give the bytes of the small cohort by file name."""
    return dict(CONTENT)
