"""Every trouble makes a check say what the catalogue states, and nothing else."""

import pytest

from macroimmune.simulator.troubles import TROUBLES, plant


@pytest.mark.parametrize("name", TROUBLES)
def test_a_check_says_exactly_what_the_catalogue_states(name, clean, clean_codes, codes_of):
    trouble = TROUBLES[name]
    new = codes_of(plant((name,), clean, seed=3)) - clean_codes
    assert set(trouble.says) <= new <= {*trouble.says, *trouble.may_say}


def test_without_troubles_a_check_says_nothing_that_one_must_say(clean, clean_codes):
    assert plant((), clean, seed=3) == clean
    assert clean_codes == {"below-limit", "derived-outcome"}


def changed(files, clean) -> dict[str, bytes]:
    """Return the bytes of what differs from the study without troubles."""
    tables = {
        file: table.to_bytes()
        for file, table in files.tables.items()
        if table is not clean.tables.get(file)
    }
    return tables | {"study.toml": files.settings.encode()}


@pytest.mark.parametrize("name", TROUBLES)
def test_the_same_seed_gives_the_same_bytes_and_each_changes_something(name, clean):
    one, other = (changed(plant((name,), clean, seed=3), clean) for _ in range(2))
    assert one == other
    assert one != {"study.toml": clean.settings.encode()}


def test_names_say_in_words_what_they_are_about():
    for name, trouble in TROUBLES.items():
        assert name == trouble.name
        assert trouble.changes, name
        assert not trouble.does[0].isspace(), name
        assert not trouble.does.endswith("."), name
        assert not set(trouble.says) & set(trouble.may_say), name
