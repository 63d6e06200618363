"""What is decided on responses to stimuli is read from study.toml; every wrong word is an error."""

from pathlib import Path

import pytest

from macroimmune.evidence import find_stimulus, marker_lists
from macroimmune.response import declared_markers
from macroimmune.study import StimulationSettings, parse_settings, study_stimulus

HEAD = "[analysis.stimulation]\n"


def read(text):
    settings = parse_settings(HEAD + text, Path("/data/study"))
    return settings.analysis.stimulation, settings.findings


def test_what_is_not_said_keeps_its_default():
    assert read("") == (StimulationSettings(), ())
    assert parse_settings("", Path("/data")).analysis.stimulation == StimulationSettings()


def test_words_of_the_field_become_ids():
    settings, findings = read(
        'population = "effector CD4 T cells"\nsensitivity = ["temra_cd4"]\nreference = "healthy"\n'
        'markers = { ifn1_early = ["p-STAT1", "pSTAT3"] }\n'
        'populations = { il6_early = ["CD8+ T cells"] }\n'
    )
    assert findings == ()
    assert settings.population == "effector_cd4"
    assert settings.markers == {"ifn1_early": ("pSTAT1", "pSTAT3")}
    assert settings.populations == {"il6_early": ("cd8_t",)}


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ('reference = "everyone"', "unknown-key", "reference"),
        ('population = "no such cell"', "unknown-key", "population"),
        ('markers = { ifn9 = ["pSTAT1"] }', "unknown-key", "markers.ifn9"),
        ('markers = { ifn1_early = ["no such antigen"] }', "wrong-type", "markers.ifn1_early"),
        ('stimuli = { "S1" = "tea" }', "unknown-key", "stimuli.S1"),
        ('stimuli = { "S1" = 1 }', "wrong-type", "stimuli.S1"),
        ('stimuli = "S1"', "wrong-type", "stimuli"),
        ("answers = 1", "unknown-key", "answers"),
    ],
)
def test_a_wrong_word_is_an_error_that_names_its_key(text, code, key):
    _, [finding] = read(text)
    assert (finding.code, finding.severity) == (code, "error")
    assert finding.column == f"analysis.stimulation.{key}"


def test_a_study_says_which_stimulus_its_own_word_means():
    settings, findings = read('stimuli = { "S1" = "ifn_beta", "My  Ligand" = "tlr" }')
    assert findings == ()
    assert study_stimulus(settings, " s1 ") == find_stimulus("IFN-beta")
    of_family = study_stimulus(settings, "my ligand")
    assert (of_family.name, of_family.family) == ("my ligand", "tlr")
    assert study_stimulus(settings, "IL-6").id == "il6"
    assert study_stimulus(settings, "S2") is None


def test_a_declared_word_goes_before_the_known_one():
    settings, _ = read('stimuli = { "PI" = "k562" }')
    assert study_stimulus(settings, "PI").id == "k562"
    assert study_stimulus(StimulationSettings(), "PI").id == "pma_ionomycin"


def test_a_declared_word_is_read_by_the_lists_of_its_family():
    settings, _ = read('stimuli = { "S1" = "ifn_beta" }')
    assert set(declared_markers("S1", 15.0, settings).lists.values()) == {"ifn1_early"}
    assert declared_markers("S1", 15.0, StimulationSettings()).lists == {}


def test_declared_markers_replace_those_of_a_known_list():
    settings, _ = read('markers = { ifn1_early = ["pSTAT1"] }')
    assert declared_markers("IFN-alpha", 15.0, settings).lists == {"pSTAT1": "ifn1_early"}


def test_early_and_induced_lists_of_interferon_are_never_read_together():
    lists = marker_lists("type_1_interferon")
    for minutes in (1.0, 15.0, 120.0, 121.0, 1440.0):
        assert len([one.id for one in lists if one.covers(minutes)]) == 1
