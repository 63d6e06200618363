"""What had to be guessed of how a text is written is noted, and only that."""

import pytest

from macroimmune.formats.text_encoding import decode_text
from macroimmune.inputs.file_notes import text_notes


def notes_of(data: bytes):
    return text_notes(decode_text(data, "a.csv"), "a.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_in_silence(encoding):
    assert notes_of("id,café\nMüller,±2 °C\n".encode(encoding)) == ()


@pytest.mark.parametrize(
    ("encoding", "name"), [("cp1252", "Windows-1252"), ("mac_roman", "Mac Roman")]
)
def test_eight_bit_text_is_noted(encoding, name):
    (finding,) = notes_of("id,café,dose\nMüller,5 µg\n".encode(encoding))
    assert (finding.severity, finding.code, finding.file) == ("note", "encoding", "a.csv")
    assert f"read as {name}: “id,café,dose" in finding.found


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_usual_line_ends_are_read_in_silence(end):
    assert notes_of(f"a,b{end}1,2{end}".encode()) == ()


@pytest.mark.parametrize(
    ("text", "found"), [("a\r1\r", "CR (old Mac)"), ("a\r\n1\n2", "CR LF and LF")]
)
def test_unusual_line_ends_are_noted(text, found):
    (finding,) = notes_of(text.encode())
    assert finding.code == "line-endings"
    assert found in finding.found


def test_a_line_end_inside_quotes_is_no_other_line_end():
    assert notes_of(b'a,b\r\n1,"x\ny"\r\n') == ()
