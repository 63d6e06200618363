"""Decisions on repertoires: defaults, what is taken, and what is refused."""

import pytest

from macroimmune.study import RepertoireSettings
from macroimmune.study.column_settings import Problems
from macroimmune.study.repertoire_settings import repertoire_settings


def read(section: object) -> tuple[RepertoireSettings, list]:
    problems = Problems("study.toml")
    return repertoire_settings(section, problems), problems.findings


def test_what_is_absent_keeps_its_default():
    settings, findings = read({})
    assert settings == RepertoireSettings()
    assert (settings.neighbours, settings.same_v_gene) == ("one substitution", False)
    assert findings == []


def test_similar_receptors_are_those_that_the_study_declares():
    settings, findings = read({"neighbours": "one edit", "same_v_gene": True, "coverage": 1})
    assert (settings.neighbours, settings.same_v_gene, settings.coverage) == ("one edit", True, 1.0)
    assert findings == []


@pytest.mark.parametrize(
    ("section", "key", "expected"),
    [
        ({"neighbours": "two edits"}, "neighbours", "one substitution, one edit"),
        ({"neighbours": 1}, "neighbours", "one of one substitution, one edit"),
        ({"same_v_gene": "yes"}, "same_v_gene", "true or false"),
        ({"same_j_gene": True}, "same_j_gene", "same_v_gene"),
        ({"overdispersion": -1}, "overdispersion", "a number from 0 to 10"),
        ({"coverage": True}, "coverage", "a number from 0 to 1"),
    ],
)
def test_what_cannot_be_used_is_an_error_and_the_default_stands(section, key, expected):
    settings, (finding,) = read(section)
    assert settings == RepertoireSettings()
    assert finding.severity == "error"
    assert finding.column == f"analysis.repertoires.{key}"
    assert expected in finding.expected


def test_something_else_than_a_section_is_an_error():
    settings, (finding,) = read("TRB")
    assert settings == RepertoireSettings()
    assert finding.code == "wrong-type"
