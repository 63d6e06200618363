"""The hash by which kept answers are known changes with the model and with how claims are read."""

from pathlib import Path

from macroimmune.mechanism.acceptance import claims_state

MODULE = "macroimmune.mechanism.acceptance.reading_state"


def test_another_model_is_another_state(monkeypatch) -> None:
    before = claims_state()
    assert claims_state() == before
    monkeypatch.setattr(f"{MODULE}.model_text", lambda: "model other\nend\n")
    assert claims_state() != before


def test_another_reading_of_claims_is_another_state(monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    reading = tmp_path / "data" / "observables.toml"
    monkeypatch.setattr(f"{MODULE}.files", lambda package: tmp_path)
    reading.write_text("a = 1")
    before = claims_state()
    reading.write_text("a = 2")
    assert claims_state() != before
