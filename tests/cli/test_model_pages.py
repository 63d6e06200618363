"""Commands that leave pages of the model."""


def test_claims_with_a_folder_leave_tables_and_their_page(command, tmp_path):
    out = tmp_path / "claims"
    outcome = command("simulate", "claims", "--section", "Conclusions", "--out", str(out))
    assert outcome.code == 0
    text = (out / "claims.html").read_text(encoding="utf-8")
    assert "groups of claims pass" in text
    assert "What the model was calibrated to" in text
    assert "100 patients, as the rules fix" in text
    assert (out / "model_claims.csv").is_file()


def test_claims_on_patients_can_be_asked_of_another_cohort(command, tmp_path):
    section = ("--section", "Boukhaled 2022 briefing", "--workers", "1")
    small = command("simulate", "claims", *section, "--patients", "20", "--out", "small")
    assert small.code == 0
    told = "20 patients, where the rules fix 100"
    assert told in (tmp_path / "small" / "claims.html").read_text(encoding="utf-8")
    assert told in (tmp_path / "small" / "run.json").read_text(encoding="utf-8")
    assert told in small.talk
    rows = {line.split("\t")[0]: line for line in small.data.splitlines()}
    other = command("simulate", "claims", *section, "--patients", "24").data
    assert rows["N160"] in other  # no claim on patients
    assert rows["C251"] not in other
    few = command("simulate", "claims", *section, "--patients", "3")
    assert few.code != 0
    assert "greater than or equal to 20" in few.talk


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
