import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.mechanism.scenarios import (
    Intervention,
    Scenario,
    read_scenario,
    ready_scenarios,
    scenario_text,
)


@pytest.mark.parametrize("name", ready_scenarios())
def test_a_ready_scenario_reads_back_equal(name: str, tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text(scenario_text(ready_scenarios()[name]), encoding="utf-8")
    assert read_scenario(path) == ready_scenarios()[name]
    assert hash(read_scenario(path)) == hash(ready_scenarios()[name])


_NUMBERS = st.floats(0, 50, allow_nan=False)


@settings(max_examples=40)
@given(
    name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
    meaning=st.text(st.characters(exclude_categories=["Cs"])),
    days=st.floats(60, 90),
    growth=st.floats(0.01, 0.4),
    doses=st.lists(st.tuples(_NUMBERS, _NUMBERS), max_size=4),
)
def test_a_scenario_reads_back_equal(name, meaning, days, growth, doses, tmp_path_factory) -> None:
    scenario = Scenario(
        name,
        meaning=meaning,
        days=days,
        tumour="generic",
        tumour_inputs={"growth_Tum": growth},
        interventions=tuple(Intervention("anti_GCSF", day=d, dose=dose) for d, dose in doses),
    )
    assert tomllib.loads(scenario_text(scenario))["name"] == name
    path = tmp_path_factory.getbasetemp() / "scenario.toml"
    path.write_bytes(scenario_text(scenario).encode())
    assert read_scenario(path) == scenario
