"""Encodings and line ends are read without help."""

import pytest

from macroimmune.errors import FormatError
from macroimmune.formats.text_encoding import decode_text, line_ends

WINDOWS = "id,café,µ\nMüller,±2 °C,10 µg/m²\n"
MAC = "id,caf\u00e9,dose\nM\u00fcller,≤12 months,5 µg\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_for_certain(encoding):
    decoded = decode_text(WINDOWS.encode(encoding), "a.csv")
    assert decoded.text == WINDOWS
    assert not decoded.is_likely


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_mark_is_recognised(encoding):
    assert decode_text(("id,value\n" * 20).encode(encoding), "a.csv").encoding == encoding


@pytest.mark.parametrize(("text", "encoding"), [(WINDOWS, "cp1252"), (MAC, "mac_roman")])
def test_eight_bit_text_is_told_apart(text, encoding):
    decoded = decode_text(text.encode(encoding), "a.csv")
    assert decoded.text == text
    assert (decoded.encoding, decoded.is_likely) == (encoding, True)


def test_old_mac_line_ends_speak_for_mac_roman():
    # 0xB2 is "≤" in Mac Roman and "²" in Windows-1252; only the line ends can tell.
    assert decode_text(b"id,\xb212 months\rp1,Y\r", "a.csv").text.startswith("id,≤12")
    assert decode_text(b"id,\xb212 months\np1,Y\n", "a.csv").text.startswith("id,²12")


def test_line_ends_are_counted_by_kind():
    assert line_ends("a\r1\r") == {"CR": 2}
    assert line_ends("a\r\n1\n2") == {"CR LF": 1, "LF": 1}


def test_a_line_end_inside_quotes_is_no_other_line_end():
    assert line_ends('a,b\r\n1,"x\ny"\r\n') == {"CR LF": 2}


def test_a_mark_that_the_bytes_contradict_is_refused():
    with pytest.raises(FormatError, match="marked as utf-8-sig, but byte"):
        decode_text(b"\xef\xbb\xbfid\xff\n", "a.csv")
