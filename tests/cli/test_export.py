"""A scenario of the model handed to other tools."""


def test_a_scenario_of_a_file_is_exported(command, tmp_path):
    text = 'days = 3\n[host]\nspecies = "mouse"\n'
    (tmp_path / "mine.toml").write_text(text)
    outcome = command("simulate", "export", "mine.toml", "--out", "out", "--format", "sbml")
    assert (outcome.code, outcome.data) == (0, "")
    assert outcome.talk == "2 files in out; what each is: out/README.md\n"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["README.md", "model.xml"]


def test_a_scenario_that_is_not_there_gets_the_nearest_name(command, tmp_path):
    outcome = command("simulate", "export", "mouse_tumor", "--out", "out")
    assert outcome.code == 1
    assert "Did you mean 'mouse_tumour'?" in outcome.talk
    assert not (tmp_path / "out").exists()


def test_an_unknown_format_gets_the_nearest_name(command, tmp_path):
    outcome = command("simulate", "export", "mouse_tumour", "--out", "out", "--format", "petabs")
    assert outcome.code == 1
    assert outcome.talk == "error: format 'petabs' is unknown. Did you mean 'petab'?\n"
    assert not (tmp_path / "out").exists()
