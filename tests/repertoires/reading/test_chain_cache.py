"""The Parquet cache of receptor chains: equal, never stale, never half, never damaged, bounded."""

import os

import pytest
from polars.testing import assert_frame_equal

from macroimmune.errors import FormatError
from macroimmune.repertoires.reading import chain_cache, chain_cache_folder, read_cached_chains

HEADING = "v_call\tj_call\tjunction\tjunction_aa\tduplicate_count\tconsensus_count\n"
GOOD = "TRBV19*01\tTRBJ2-7*01\tTGTGCCAGCTTT\tCASF\t3\t12\n"
BAD = GOOD.replace("\t3\t", "\t-3\t")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text(HEADING + GOOD + BAD, encoding="utf-8")
    return path


def read(file, tmp_path, **options):
    stated = {"layout": "airr", "counted": "templates", "folder": tmp_path / "cache"}
    return read_cached_chains(file, **(stated | options))


def kept(tmp_path):
    return sorted((tmp_path / "cache").glob("*"))


def forbid_reading(monkeypatch):
    def refuse(*_arguments, **_options):
        raise AssertionError

    monkeypatch.setattr(chain_cache, "read_chains", refuse)


def test_the_second_time_gives_the_same_without_reading(file, tmp_path, monkeypatch):
    first = read(file, tmp_path)
    forbid_reading(monkeypatch)
    second = read(file, tmp_path)
    assert_frame_equal(first.table, second.table)
    assert_frame_equal(first.faults, second.faults)
    assert second.faults["row"].to_list() == [3]
    assert (first.n_rows, first.headings, first.is_whole) == (
        second.n_rows,
        second.headings,
        second.is_whole,
    )


def test_a_copy_is_readable_by_its_user_alone(file, tmp_path):
    read(file, tmp_path)
    assert [one.stat().st_mode & 0o077 for one in kept(tmp_path)] == [0]


def test_a_changed_file_is_read_again(file, tmp_path):
    read(file, tmp_path)
    file.write_text(HEADING + GOOD + GOOD + GOOD, encoding="utf-8")
    assert len(read(file, tmp_path).table) == 3
    # Of the same size, at another time.
    file.write_text(HEADING + GOOD + GOOD + GOOD.replace("\t3\t", "\t7\t"), encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert read(file, tmp_path).table["count"].to_list() == [3, 3, 7]


def test_what_is_read_decides_which_copy_is_taken(file, tmp_path):
    assert read(file, tmp_path).table["count"].to_list() == [3]
    assert read(file, tmp_path, counted="reads").table["count"].to_list() == [12, 12]
    own = read(file, tmp_path, headings={"count": "consensus_count"})
    assert own.table["count"].to_list() == [12, 12]
    assert len(kept(tmp_path)) == 3


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other"])
def test_a_damaged_copy_is_read_again_and_replaced(file, tmp_path, damage):
    first = read(file, tmp_path)
    (copy,) = kept(tmp_path)
    data = copy.read_bytes()
    flipped = data[:50] + bytes([data[50] ^ 1]) + data[51:]
    copy.write_bytes({"cut": data[:-9], "flipped": flipped, "empty": b"", "other": b"PAR1"}[damage])
    assert_frame_equal(read(file, tmp_path).table, first.table)
    (again,) = kept(tmp_path)
    assert again.read_bytes() == data


def test_a_copy_with_the_right_checksum_and_wrong_columns_is_not_taken(file, tmp_path):
    read(file, tmp_path)
    (copy,) = kept(tmp_path)
    key = copy.name.split(".", maxsplit=1)[0]
    copy.unlink()
    read(file, tmp_path).table.drop("umis").write_parquet(tmp_path / "x")
    for one in kept(tmp_path):
        one.unlink()
    data = (tmp_path / "x").read_bytes()
    (tmp_path / "cache" / chain_cache._name(key, data)).write_bytes(data)
    assert "umis" in read(file, tmp_path).table.columns


def test_what_is_refused_is_not_kept(tmp_path):
    file = tmp_path / "a.tsv"
    file.write_text("a\tb\n1\t2\n", encoding="utf-8")
    with pytest.raises(FormatError):
        read(file, tmp_path)
    assert kept(tmp_path) == []


def test_what_was_used_longest_ago_leaves_when_there_is_no_room(file, tmp_path):
    for counted in ("templates", "reads"):
        read(file, tmp_path, counted=counted)
    old, new = sorted(kept(tmp_path), key=lambda one: one.stat().st_mtime_ns)
    os.utime(old, ns=(10, 10))
    size = sum(one.stat().st_size for one in (old, new))
    read(file, tmp_path, headings={"count": "consensus_count"}, max_bytes=size + 10)
    assert old not in kept(tmp_path)
    assert new in kept(tmp_path)


def test_a_folder_that_cannot_be_written_is_no_trouble(file, tmp_path):
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    assert len(read(file, tmp_path).table) == 1


def test_a_write_that_fails_leaves_nothing(file, tmp_path, monkeypatch):
    def fail(*_arguments):
        raise OSError

    monkeypatch.setattr(chain_cache.Path, "replace", fail)
    assert len(read(file, tmp_path).table) == 1
    assert kept(tmp_path) == []


def test_the_cache_is_turned_off_or_moved_by_a_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(chain_cache.CACHE_VARIABLE, raising=False)
    assert chain_cache_folder() == tmp_path / "macroimmune" / "repertoires"
    monkeypatch.setenv(chain_cache.CACHE_VARIABLE, str(tmp_path / "here"))
    assert chain_cache_folder() == tmp_path / "here"
    monkeypatch.setenv(chain_cache.CACHE_VARIABLE, "off")
    assert chain_cache_folder() is None


def test_without_a_folder_nothing_is_kept(file, tmp_path):
    assert len(read(file, tmp_path, folder=None).table) == 1
    assert not (tmp_path / "cache").exists()
