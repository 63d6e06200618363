"""One line of study.toml changes and every other stays."""

import tomllib

from macroimmune.simulator.troubles.settings_text import (
    as_one_of_several,
    section_of,
    with_line,
    without_line,
)

TEXT = """name = "x"
file = "a.csv"

[outcomes]
os_event = "Dead"  # as coded

[[proteins]]
file = "p.csv"
value = { column = "Result" }

[[proteins]]
file = "q.csv"

[blood_counts]
file = "b.csv"

[blood_counts.wide]
nlr = "NLR"
"""


def test_a_line_is_replaced_in_its_section_alone():
    text = with_line(TEXT, "blood_counts", "file", '"c.csv"')
    assert section_of(text, "blood_counts")["file"] == "c.csv"
    assert section_of(text, "")["file"] == "a.csv"
    assert text.replace('"c.csv"', '"b.csv"') == TEXT


def test_a_line_is_added_to_a_section_within_a_section():
    text = with_line(TEXT, "blood_counts.wide", "ldh", '"LDH"')
    assert section_of(text, "blood_counts.wide") == {"nlr": "NLR", "ldh": "LDH"}


def test_a_line_is_added_at_the_top_and_in_a_new_section():
    assert tomllib.loads(with_line(TEXT, "", "sheet", '"s"'))["sheet"] == "s"
    assert section_of(with_line(TEXT, "analysis", "strata", "[]"), "analysis") == {"strata": []}


def test_of_several_sections_the_first_is_meant():
    assert section_of(TEXT, "proteins")["file"] == "p.csv"
    text = without_line(TEXT, "proteins", "file")
    assert tomllib.loads(text)["proteins"] == [
        {"value": {"column": "Result"}},
        {"file": "q.csv"},
    ]


def test_a_line_that_is_not_there_is_left_alone():
    assert without_line(TEXT, "outcomes", "file") == TEXT
    assert without_line(TEXT, "cytometry", "file") == TEXT
    assert section_of(TEXT, "cytometry") == {}


def test_a_section_is_written_once_more_for_another_file():
    content = tomllib.loads(as_one_of_several(TEXT, "outcomes", other_file="z.csv"))
    first, second = content.pop("outcomes")
    assert (first, second) == ({"os_event": "Dead"}, {"os_event": "Dead", "file": "z.csv"})
    rest = tomllib.loads(TEXT)
    del rest["outcomes"]
    assert content == rest
