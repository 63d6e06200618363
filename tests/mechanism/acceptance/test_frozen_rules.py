import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from macroimmune.errors import MacroimmuneError
from macroimmune.mechanism.acceptance import rules
from macroimmune.mechanism.model import parameters

_DATA = files("macroimmune.mechanism.acceptance") / "data"
_CLAIM_ID = re.compile(r"[CN]\d{3}[a-z]?")


def _tables() -> dict[str, dict[str, Any]]:
    return {
        path.name: tomllib.loads(path.read_text("utf-8"))
        for path in _DATA.iterdir()
        if path.name.endswith(".toml")
    }


def _words(table: object) -> Iterator[str]:
    if isinstance(table, dict):
        for key, value in table.items():
            yield key
            yield from _words(value)
    elif isinstance(table, list):
        for value in table:
            yield from _words(value)
    elif isinstance(table, str):
        yield table


def test_the_rules_are_those_that_were_frozen_before_the_model() -> None:
    said = rules()
    assert (said.up, said.down, said.unchanged) == (1.1, 0.9, (0.8, 1.25))
    assert (said.not_up, said.not_down, said.draws, said.permutations) == (1.1, 0.9, 200, 1000)
    assert said.held_out == ("Resection", "Secondary challenge", "Box 1 microbiome")


def test_other_rules_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("macroimmune.mechanism.acceptance.frozen_rules.RULES_SHA256", "0" * 64)
    with pytest.raises(MacroimmuneError, match=r"rules.toml has sha256 [0-9a-f]{64}, frozen was 0"):
        rules.__wrapped__()


def test_nothing_is_keyed_by_a_claim() -> None:
    for name, table in _tables().items():
        assert [word for word in _words(table) if _CLAIM_ID.fullmatch(word)] == [], name


def test_no_claim_condition_or_association_sets_an_immune_parameter() -> None:
    immune = {p.name for p in parameters().values() if p.role == "immune"}
    for name, table in _tables().items():
        assert set(_words(table)) & immune == set(), name
