"""What is decided on cytometry is read from study.toml; every wrong word is an error."""

from pathlib import Path

import pytest

from macroimmune.study import CytometrySettings, parse_settings

HEAD = "[analysis.cytometry]\n"


def read(text):
    settings = parse_settings(HEAD + text, Path("/data/study"))
    return settings.analysis.cytometry, settings.findings


def test_what_is_not_said_keeps_its_default():
    assert read("") == (CytometrySettings(), ())
    assert parse_settings("", Path("/data")).analysis.cytometry == CytometrySettings()
    settings, findings = read(
        'align = "controls"\ntransform = "arcsinh"\ncofactor = 5\nn_clusters = 0\n'
        'ways = ["workspace", "automatic"]\n'
    )
    assert findings == ()
    assert settings == CytometrySettings("controls", "arcsinh", 5.0, 0, ("workspace", "automatic"))


def test_names_of_gates_are_given_the_id_that_their_meaning_has():
    settings, findings = read(
        '[analysis.cytometry.populations]\nP7 = "Tregs"\n"Live/P2" = "b_cell"\n"B cells" = ""\n'
    )
    assert findings == ()
    assert settings.populations == (("P7", "treg"), ("Live/P2", "b_cell"), ("B cells", ""))


def test_ways_that_are_not_named_are_all_used_unless_others_are():
    assert all(CytometrySettings().uses(way) for way in ("automatic", "workspace", "clusters"))
    assert not CytometrySettings(ways=("labels",)).uses("automatic")
    assert not CytometrySettings(n_clusters=0, ways=("clusters",)).uses("clusters")


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ('align = "control"', "unknown-key", "align"),
        ("align = 1", "wrong-type", "align"),
        ('transform = "biex"', "unknown-key", "transform"),
        ("cofactor = 0", "wrong-type", "cofactor"),
        ("cofactor = true", "wrong-type", "cofactor"),
        ("n_clusters = 1", "wrong-type", "n_clusters"),
        ("n_clusters = 20.5", "wrong-type", "n_clusters"),
        ('ways = ["flowjo"]', "unknown-key", "ways"),
        ('populations = "treg"', "wrong-type", "populations"),
        ('populations = { P7 = "tregg" }', "unknown-key", "populations.P7"),
        ("populations = { P7 = 3 }", "wrong-type", "populations.P7"),
        ("cofacter = 5", "unknown-key", "cofacter"),
    ],
)
def test_a_word_that_means_nothing_is_an_error_with_its_place(text, code, key):
    settings, (finding,) = read(text)
    assert (finding.severity, finding.code, finding.column) == (
        "error", code, f"analysis.cytometry.{key}",
    )  # fmt: skip
    assert settings == CytometrySettings()


def test_the_nearest_word_is_said():
    assert "controls" in read('align = "control"')[1][0].advice
    assert "cofactor" in read("cofacter = 5")[1][0].advice
    (finding,) = parse_settings('[analysis]\ncytometry = "x"', Path("/d")).findings
    assert finding.column == "analysis.cytometry"
