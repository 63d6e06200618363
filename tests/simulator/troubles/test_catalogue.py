"""Every trouble makes a check say what the catalogue states, and nothing else."""

import pytest

from macroimmune.simulator.troubles import TROUBLES, plant
from macroimmune.simulator.troubles.raw_file_faults import RAW_FILE_TROUBLES

SINGLE_CELL = "sample-not-in-file"
RAW = {one.name for one in RAW_FILE_TROUBLES} - {SINGLE_CELL}
OF_TABLES = [name for name in TROUBLES if name not in {*RAW, SINGLE_CELL}]


@pytest.mark.parametrize("name", OF_TABLES)
def test_a_check_says_exactly_what_the_catalogue_states(name, clean, clean_codes, codes_of):
    trouble = TROUBLES[name]
    new = codes_of(plant((name,), clean, seed=3)) - clean_codes
    assert set(trouble.says) <= new <= {*trouble.says, *trouble.may_say}


@pytest.mark.parametrize("name", sorted(RAW))
def test_a_check_says_what_is_stated_of_raw_files(name, clean_raw, clean_raw_codes, raw_codes_of):
    trouble = TROUBLES[name]
    new = raw_codes_of(plant((name,), clean_raw, seed=3)) - clean_raw_codes
    assert set(trouble.says) <= new <= {*trouble.says, *trouble.may_say}


def test_a_check_says_what_is_stated_of_single_cell_files(clean_single_cell, codes_of):
    new = codes_of(plant((SINGLE_CELL,), clean_single_cell, seed=3)) - codes_of(clean_single_cell)
    assert new == set(TROUBLES[SINGLE_CELL].says)


def test_without_troubles_a_check_says_nothing_that_one_must_say(clean, clean_codes):
    assert plant((), clean, seed=3) == clean
    assert clean_codes == {"below-limit", "derived-outcome"}


def test_without_troubles_nothing_is_said_against_raw_files(clean_raw_codes):
    said = {code for name in RAW for code in (*TROUBLES[name].says, *TROUBLES[name].may_say)}
    assert not said & clean_raw_codes
    assert "raw-files-listed" in clean_raw_codes


def changed(files, clean) -> dict[str, bytes]:
    """Return the bytes of what differs from the study without troubles."""
    tables = {
        file: table.to_bytes()
        for file, table in files.tables.items()
        if table is not clean.tables.get(file)
    }
    return tables | {"study.toml": files.settings.encode()}


@pytest.mark.parametrize("name", OF_TABLES)
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
