"""A long table of levels after stimuli is drafted as such; other long tables are not."""

from macroimmune.study import draft_settings, load_study

PATIENTS = "Patient,Age,Sex\nP1,60,F\nP2,70,M\n"
HEAD = "Patient,Day,Population,Marker,Stimulus,Minutes,Dose,MFI,Cells\n"
LEVELS = HEAD + "".join(
    f"{patient},0,CD4 T cells,pSTAT1,{stimulus},15,{dose},{level},500\n"
    for patient in ("P1", "P2")
    for stimulus, dose, level in (("Unstim", "", 100), ("IFN-alpha", 10, 320))
)


def drafted(tmp_path, levels):
    (tmp_path / "patients.csv").write_text(PATIENTS)
    (tmp_path / "levels.csv").write_text(levels)
    return draft_settings(tmp_path).text


def test_levels_with_and_without_a_stimulus_are_drafted_and_read(tmp_path):
    text = drafted(tmp_path, LEVELS)
    section = text[text.index("[stimulated_levels]") :]
    for line in ('marker = "Marker"', 'value = "MFI"', 'stimulus_dose = "Dose"', "n_cells"):
        assert line in section
    assert 'Unstim = "none"' in section
    (tmp_path / "study.toml").write_text(text)
    study = load_study(tmp_path)
    assert not study.errors
    levels = study.tables["stimulated_levels"]
    assert levels.select("stimulus", "stimulus_minutes", "value").rows()[:2] == [
        ("none", 15.0, 100.0),
        ("IFN-alpha", 15.0, 320.0),
    ]


def test_a_table_without_a_stimulus_is_no_table_of_levels(tmp_path):
    assert "stimulated_levels" not in drafted(tmp_path, LEVELS.replace("Stimulus", "Reader"))


def test_words_that_are_no_antigens_are_no_markers(tmp_path):
    text = drafted(tmp_path, LEVELS.replace("pSTAT1", "score of our own"))
    assert "stimulated_levels" not in text
