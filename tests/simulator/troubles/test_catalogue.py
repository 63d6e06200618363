"""Every trouble makes a check say what the catalogue states, and nothing else."""

import pytest

from macroimmune.simulator.troubles import TROUBLES, plant


@pytest.mark.parametrize("name", TROUBLES)
def test_a_check_says_exactly_what_the_catalogue_states(name, clean, clean_codes, codes_of):
    trouble = TROUBLES[name]
    new = codes_of(plant((name,), clean, seed=3)) - clean_codes
    assert set(trouble.says) <= new <= {*trouble.says, *trouble.may_say}


@pytest.mark.parametrize("name", TROUBLES)
def test_the_same_seed_gives_the_same_bytes(name, clean):
    one, other = (plant((name,), clean, seed=3) for _ in range(2))
    assert one.settings == other.settings
    assert {file: table.to_bytes() for file, table in one.tables.items()} == {
        file: table.to_bytes() for file, table in other.tables.items()
    }


def test_without_troubles_nothing_changes(clean):
    assert plant((), clean, seed=3) == clean
