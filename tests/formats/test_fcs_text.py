import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import FormatError, InputError
from macroimmune.formats.fcs_text import encode_keywords, parse_keywords, whole_number

LEAST = "/$PAR/1/$DATATYPE/F/$BYTEORD/1,2,3,4/$P1B/32/$P1R/1024/"


def test_a_doubled_delimiter_is_one_character_of_the_value():
    assert parse_keywords(b"/A/1//2/B/x/", "") == {"A": "1/2", "B": "x"}
    # Three in a row: an escaped one, then the end of the value.
    assert parse_keywords(b"/A/1///B/x/", "") == {"A": "1/", "B": "x"}


def test_an_empty_value_does_not_shift_the_keywords_after_it():
    read = parse_keywords((LEAST + "$P1S//$COM/said/").encode(), "")
    assert (read["$P1S"], read["$COM"], read["$P1B"]) == ("", "said", "32")
    read = parse_keywords(("/$P1S//" + LEAST[1:]).encode(), "")
    assert (read["$P1S"], read["$PAR"]) == ("", "1")


def test_keywords_are_in_upper_case_and_the_first_of_two_counts():
    assert parse_keywords(b"|$fil|a|$FIL|b|", "") == {"$FIL": "a"}


def test_text_that_is_not_utf8_is_latin1():
    assert parse_keywords(b"/A/\xb5L/", "") == {"A": "\xb5L"}
    assert parse_keywords("/A/\xb5L/".encode(), "") == {"A": "\xb5L"}


def test_padding_after_the_last_delimiter_is_not_read():
    assert parse_keywords(b"/A/1/B/2/ \0\0 ", "") == {"A": "1", "B": "2"}


@pytest.mark.parametrize("raw", [b"", b"   ", b"abcdef", b"////", b"/A", b"\0\0\0\0\0\0"])
def test_text_without_keywords_is_refused_with_its_place(raw):
    with pytest.raises(FormatError, match=r"a\.fcs, TEXT: .*expected|a\.fcs, TEXT: no keyword"):
        parse_keywords(raw, "a.fcs, TEXT")


def test_whole_numbers_have_at_most_18_digits():
    assert whole_number(" 0012 ") == 12
    assert whole_number("9" * 19) is None
    assert whole_number("1e3") is None
    assert whole_number(None) is None


def test_a_delimiter_is_taken_that_nothing_holds():
    assert encode_keywords({"A/B": "c|d"}) == b"\\A/B\\c|d\\"


def test_where_every_delimiter_is_in_a_value_it_is_doubled():
    marks = "/|\\!~^#;:&*@%?="
    raw = encode_keywords({"A": "x" + marks, "B": "2"})
    assert raw.startswith(b"/A/x//|")
    assert parse_keywords(raw, "") == {"A": "x" + marks, "B": "2"}


def test_keywords_that_leave_no_delimiter_are_refused():
    with pytest.raises(InputError, match="every delimiter"):
        encode_keywords({"/|\\!~^#;:&*@%?=": "1"})
    with pytest.raises(InputError, match="an empty keyword"):
        encode_keywords({" ": "1"})


KEYS = st.text("$ABCXYZ0129 _|/!.", min_size=1).filter(lambda key: key == key.strip())
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=1)


@given(
    st.dictionaries(
        KEYS.map(str.upper).filter(lambda word: word == word.upper()), WORDS, min_size=1
    )
)
def test_what_is_written_is_read(keywords):
    raw = encode_keywords(keywords)
    assert parse_keywords(raw, "") == keywords
