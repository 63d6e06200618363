"""Large text files in blocks: every ending and packing, and nothing that fills the memory."""

import bz2
import gzip
import lzma
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import FormatError
from macroimmune.formats import text_blocks as module
from macroimmune.formats.text_blocks import text_blocks


def blocks(tmp_path, data, block_bytes=16):
    path = tmp_path / "a.tsv"
    path.write_bytes(data)
    return list(text_blocks(path, block_bytes=block_bytes))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("is_packed", [False, True])
def test_all_line_ends_become_the_usual_one_and_rows_are_numbered(tmp_path, end, is_packed):
    lines = [f"row {k}".encode() for k in range(1, 51)]
    data = end.join(lines)
    found = blocks(tmp_path, gzip.compress(data) if is_packed else data)
    assert b"".join(one.data for one in found) == b"\n".join(lines)
    assert len(found) > 5
    for one in found:
        assert one.data.startswith(f"row {one.first_row}\n".encode()) or one is found[-1]


@settings(max_examples=40)
@given(
    lines=st.lists(
        st.binary(max_size=12).map(lambda raw: raw.replace(b"\r", b"").replace(b"\n", b""))
    ),
    size=st.integers(1, 40),
    is_packed=st.booleans(),
)
def test_how_large_blocks_are_changes_nothing(tmp_path_factory, lines, size, is_packed):
    data = b"x" + b"\n".join(lines) + b"\n"
    folder = tmp_path_factory.mktemp("a")
    small = blocks(folder, gzip.compress(data, 0) if is_packed else data, size)
    assert sum(one.data.count(b"\n") for one in small) == len(lines) or not lines
    for one in small[:-1]:
        assert one.data.endswith(b"\n")
    read = b"".join(one.data for one in small).decode("utf-8")
    assert read.isascii() == data.isascii()
    assert (not data.isascii()) or read.encode() == data


def test_a_byte_order_mark_is_left_out_and_latin_1_is_read(tmp_path):
    (one,) = blocks(tmp_path, b"\xef\xbb\xbfa\n\xe9\n", 100)
    assert one.data.decode() == "a\né\n"
    (one,) = blocks(tmp_path, gzip.compress(b"\xef\xbb\xbfa\n"), 100)
    assert one.data == b"a\n"


def test_several_packed_members_and_padding_are_one_file(tmp_path):
    data = gzip.compress(b"a\n") + gzip.compress(b"b\n") + bytes(100)
    assert b"".join(one.data for one in blocks(tmp_path, data)) == b"a\nb\n"


def test_a_cut_packed_file_gives_what_came_before_and_says_so(tmp_path):
    packed = gzip.compress("\n".join(str(k) for k in range(5000)).encode())
    *others, last = blocks(tmp_path, packed[: len(packed) // 2], 1000)
    assert others[0].data.startswith(b"0\n1\n")
    assert last.damage == "the packed file is cut"
    assert all(not one.damage for one in others)


def test_a_packed_file_with_a_wrong_checksum_says_so(tmp_path):
    packed = bytearray(gzip.compress(b"a\nb\n"))
    packed[-8] ^= 1
    assert "damaged" in blocks(tmp_path, bytes(packed))[-1].damage


def test_what_follows_a_packed_file_and_is_none_is_damage(tmp_path):
    assert "damaged" in blocks(tmp_path, gzip.compress(b"a\n") + b"junk junk junk")[-1].damage


def test_an_empty_file_is_one_empty_block(tmp_path):
    (one,) = blocks(tmp_path, b"")
    assert one.data == b""


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("a\tb\n".encode("utf-16"), "text in UTF-16"),
        (b"PK\x03\x04junk", "a ZIP archive or workbook"),
        (bz2.compress(b"a\n"), "packed with bzip2"),
        (lzma.compress(b"a\n"), "packed with xz"),
        (b"PAR1junk", "a Parquet file"),
    ],
)
def test_other_kinds_of_files_are_refused_by_what_they_are(tmp_path, data, kind):
    with pytest.raises(FormatError, match=f"{kind}; expected text in UTF-8, plain or gzip"):
        blocks(tmp_path, data)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    with pytest.raises(FormatError, match=r"none\.tsv: cannot be read \(No such file"):
        list(text_blocks(tmp_path / "none.tsv"))


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path, is_packed):
    path = tmp_path / "a.tsv"
    if is_packed:
        path.write_bytes(gzip.compress(b"A" * 100_000_000, 1))
    else:
        with path.open("wb") as stream:
            # A hole: nothing is written to the disk.
            stream.truncate(1_000_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(
            FormatError, match=r"a line of more than 8 MB; expected a table of rows"
        ):
            list(text_blocks(path))
        assert tracemalloc.get_traced_memory()[1] < 80_000_000
    finally:
        tracemalloc.stop()


def test_a_packed_bomb_of_lines_is_refused(tmp_path):
    pack = zlib.compressobj(9, wbits=31)
    piece = b"A\tC\n" * 250_000
    data = b"".join(pack.compress(piece) for _ in range(80)) + pack.flush()
    path = tmp_path / "a.tsv.gz"
    path.write_bytes(data)
    with pytest.raises(FormatError, match="unpacks to more than 250 times its size"):
        for _ in text_blocks(path):
            pass


def test_more_text_than_is_allowed_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_TEXT", 1000)
    with pytest.raises(FormatError, match="GB of text; expected less"):
        blocks(tmp_path, b"abc\n" * 1000)
