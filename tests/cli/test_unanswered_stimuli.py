"""Stimulated levels with something wrong: told by check or in the results, never a score."""

from pathlib import Path

import polars as pl
import pytest

STUDY = """name = "levels"
[participants]
file = "levels.csv"
participant_id = "patient"
[stimulated_levels]
file = "levels.csv"
participant_id = "patient"
population = "population"
marker = "marker"
stimulus = "stimulus"
stimulus_minutes = { column = "minutes", unit = "minute" }
stimulus_dose = "dose"
stimulus_dose_unit = "unit"
value = "value"
unit = { constant = "arcsinh" }
n_cells = "cells"
"""
SETTINGS = """[analysis.stimulation]
population = "effektor"
markers = { ifn1_early = ["pSTAT99"] }
"""


def levels(n: int = 24, markers: tuple[str, ...] = ("pSTAT1", "pSTAT3", "pSTAT5")) -> pl.DataFrame:
    """Return levels of `n` people with and without interferon alpha."""
    return pl.DataFrame([
        {"patient": f"P{k:02d}", "population": "effector_cd4", "marker": marker,
         "stimulus": well, "minutes": None if well == "none" else 15,
         "dose": None if well == "none" else 1000.0, "unit": None if well == "none" else "U/mL",
         "value": 0.5 + 0.01 * (k % 5) + (well != "none") * (1.0 + 0.05 * (k * 7 % 11)),
         "cells": 200}
        for k in range(n) for marker in markers for well in ("none", "IFN-alpha")
    ])  # fmt: skip


def written(folder: Path, table: pl.DataFrame, settings: str = "") -> Path:
    study = folder / "study"
    study.mkdir()
    table.write_csv(study / "levels.csv")
    (study / "study.toml").write_text(STUDY + settings, encoding="utf-8")
    return study


IS_STIMULATED = pl.col("stimulus") != "none"
IS_ODD = pl.col("patient").str.slice(2).cast(pl.Int64) % 2 == 1


def in_two_words(table: pl.DataFrame) -> pl.DataFrame:
    word = pl.when(IS_STIMULATED & IS_ODD).then(pl.lit("IFNa"))
    return table.with_columns(word.otherwise("stimulus").alias("stimulus"))


def in_two_units(table: pl.DataFrame) -> pl.DataFrame:
    unit = pl.when(IS_STIMULATED & IS_ODD).then(pl.lit("ng/mL"))
    return table.with_columns(unit.otherwise("unit").alias("unit"))


TROUBLES = {
    "two names": (in_two_words(levels()), "stimulus-named-two-ways", "20 are needed"),
    "two units": (in_two_units(levels()), "", "20 are needed"),
    "few markers": (levels(markers=("pSTAT1", "pERK")), "", "1 of the 6 markers of the list"),
    "few people": (levels(12), "", "12 people at baseline with enough markers; 20 are needed"),
    "few cells": (
        levels().with_columns(cells=pl.lit(12)),
        "",
        "fewer than 20 give no effect size",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TROUBLES)
def test_what_cannot_be_scored_has_a_status_and_no_score(command, tmp_path, name):
    table, code, status = TROUBLES[name]
    study = written(tmp_path, table)
    checked = command("check", study)
    assert checked.code == 0
    assert code in checked.data
    ended = command("responses", study, "--out", "out")
    assert ended.code == 0, ended.talk
    assert "Traceback" not in ended.talk
    scores = pl.read_csv(tmp_path / "out" / "responsiveness.csv", infer_schema=False)
    assert scores["score"].null_count() == scores.height > 0
    assert scores["status"].str.contains(status, literal=True).all()


def test_a_sample_without_its_partner_is_told_and_the_others_are_scored(command, tmp_path):
    study = written(tmp_path, levels().filter(IS_STIMULATED | (pl.col("patient") != "P03")))
    assert "level-without-partner" in command("check", study).data
    assert command("responses", study, "--out", "out").code == 0
    scores = pl.read_csv(tmp_path / "out" / "responsiveness.csv", infer_schema=False)
    assert scores["score"].drop_nulls().len() == 23
    assert "P03" not in scores["participant_id"]
    pairs = pl.read_csv(tmp_path / "out" / "stimulation_pairs.csv", infer_schema=False)
    alone = pairs.filter(participant_id="P03")["status"].to_list()
    assert alone == ["no unstimulated well of sample P03@0 and its panel"]


def test_one_condition_alone_gives_no_response(command, tmp_path):
    study = written(tmp_path, levels().filter(IS_STIMULATED))
    assert "72 levels after a stimulus, none of which" in command("check", study).data
    assert command("responses", study, "--out", "out").code == 0
    assert not (tmp_path / "out" / "stimulation_responses.parquet").exists()
    assert not (tmp_path / "out" / "responsiveness.csv").exists()


def test_a_time_that_is_not_told_is_a_warning(command, tmp_path):
    study = written(tmp_path, levels().with_columns(minutes=pl.lit(None, pl.Int64)))
    assert "stimulus-minutes-missing" in command("check", study).data


def test_unknown_populations_and_markers_are_told_at_once_and_stop_the_run(command, tmp_path):
    study = written(tmp_path, levels(), SETTINGS)
    told = command("check", study).data
    assert "Did you mean 'effector_cd8'" in told
    assert "pSTAT99" in told
    ended = command("responses", study, "--out", "out")
    assert ended.code == 1
    assert ended.talk.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"\x00\x01rubbish,\xff\n1", b"a,b\n1,2\n"])
def test_a_reference_that_is_damaged_stops_the_run_in_one_line(command, tmp_path, content):
    settings = '[analysis.stimulation]\nreference_file = "reference.csv"\n'
    study = written(tmp_path, levels(), settings)
    (study / "reference.csv").write_bytes(content)
    ended = command("responses", study, "--out", "out")
    assert ended.code == 1
    assert "reference.csv: no column modality" in ended.talk
    assert ended.talk.count("\n") == 1
