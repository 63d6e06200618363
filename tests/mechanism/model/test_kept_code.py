from pathlib import Path

import numpy as np
import pytest

from macroimmune.mechanism.model import Action, Engine, compiling
from macroimmune.mechanism.model.kept_code import code_file, keep_code, kept_code


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An empty cache, and a model that is not compiled yet; afterwards as it was."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compiling, "compiled_model", compiling.compiled_model.__wrapped__)
    return tmp_path / "macroimmune" / "model"


def course(runner, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    monkeypatch.setattr("macroimmune.mechanism.model.engine.compiled_model", lambda: runner)
    values = {"growth_Tum": 0.15, "stay_HSC": 25.0, "ref_Neu_bl": 22.0}
    actions = [Action(5, "Tum", "add", 2.0), Action(9, "more_GCSF", "set", 3.0)]
    engine = Engine()
    engine.run(values, actions, range(3))
    return engine.run(values, actions, range(30)).values


def test_kept_code_gives_the_same_course_as_compiled_code(own_cache: Path, monkeypatch) -> None:
    compiled = compiling.compiled_model()
    assert len(list(own_cache.glob("*.code"))) == 1
    monkeypatch.setattr(compiling, "model_sbml", lambda: pytest.fail("compiled again"))
    loaded = compiling.compiled_model()
    assert np.array_equal(course(compiled, monkeypatch), course(loaded, monkeypatch))


def test_damaged_code_is_not_used(own_cache: Path) -> None:
    path = code_file("model", "compiler")
    keep_code(path, b"code")
    assert kept_code(path) == b"code"
    path.write_bytes(path.read_bytes()[:-1])
    assert kept_code(path) is None
    assert kept_code(path.with_name("other")) is None


def test_other_models_and_compilers_have_other_places() -> None:
    places = {code_file("a", "1"), code_file("b", "1"), code_file("a", "2")}
    assert len(places) == 3


def test_a_place_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "x.code"
    keep_code(path, b"code")
    assert kept_code(path) is None


def test_only_the_newest_codes_stay(own_cache: Path) -> None:
    for n in range(15):
        keep_code(code_file(str(n), "compiler"), b"code")
    assert len(list(own_cache.glob("*.code"))) == 12
