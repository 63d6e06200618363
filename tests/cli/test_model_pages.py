"""Commands that leave pages of the model."""


def test_claims_with_a_folder_leave_tables_and_their_page(command, tmp_path):
    out = tmp_path / "claims"
    outcome = command("simulate", "claims", "--section", "Conclusions", "--out", str(out))
    assert outcome.code == 0
    text = (out / "claims.html").read_text(encoding="utf-8")
    assert "groups of claims pass" in text
    assert "What the model was calibrated to" in text
    assert (out / "model_claims.csv").is_file()


def test_a_page_of_scenarios_is_written_where_it_is_asked_for(command, tmp_path):
    out = tmp_path / "new" / "model.html"
    outcome = command("simulate", "page", "--scenario", "mouse_tumour", "--out", str(out))
    assert outcome.code == 0
    assert outcome.data == ""
    assert "mouse tumour" in out.read_text(encoding="utf-8")


def test_an_unknown_scenario_is_one_line(command, tmp_path):
    outcome = command("simulate", "page", "--scenario", "mouse_tumor", "--out", str(tmp_path / "p"))
    assert outcome.code == 1
    assert "Did you mean 'mouse_tumour'?" in outcome.talk
