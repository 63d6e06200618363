"""Troubles are found by name, combined in any order, and refused where they collide."""

import pytest

from macroimmune.errors import InputError
from macroimmune.simulator.plan import read_plan
from macroimmune.simulator.troubles import chosen_troubles, plant


def test_an_unknown_name_is_refused_with_the_nearest(clean):
    with pytest.raises(InputError, match="'reversed-event' is none. Did you mean 'reversed-events"):
        plant(("reversed-event",), clean, seed=1)


def test_an_unknown_name_in_a_plan_is_refused_with_the_nearest(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text('troubles = ["line-ending"]\n', encoding="utf-8")
    with pytest.raises(InputError, match="Did you mean 'line-endings'"):
        read_plan(path)


def test_the_order_of_the_names_does_not_matter(clean):
    one = plant(("line-endings", "reversed-events"), clean, seed=1)
    other = plant(("reversed-events", "line-endings", "line-endings"), clean, seed=1)
    assert [table.to_bytes() for table in one.tables.values()] == [
        table.to_bytes() for table in other.tables.values()
    ]
    assert [trouble.name for trouble in chosen_troubles(("line-endings",))] == ["line-endings"]


def test_a_study_without_the_table_is_told_in_one_line(clean):
    files = type(clean)({}, clean.settings)
    with pytest.raises(InputError, match=r"^trouble 'line-endings': this study has no file of"):
        plant(("line-endings",), files, seed=1)
