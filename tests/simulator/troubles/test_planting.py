"""Troubles are found by name, combined in any order, and refused where they collide."""

import pytest

from macroimmune.errors import InputError
from macroimmune.simulator.plan import CytometryPlan, StudyPlan, read_plan
from macroimmune.simulator.troubles import TROUBLES, chosen_troubles, plant
from macroimmune.simulator.troubles.raw_file_faults import RAW_FILE_TROUBLES
from macroimmune.simulator.virtual_study import draw_virtual_study


def written(files) -> list[bytes]:
    return [files.settings.encode(), *(table.to_bytes() for table in files.tables.values())]


def without_collisions(names: list[str]) -> tuple[str, ...]:
    """Return the names from the first on, without those that collide with an earlier one."""
    chosen: tuple[str, ...] = ()
    for name in names:
        try:
            chosen_troubles((*chosen, name))
        except InputError:
            continue
        chosen = (*chosen, name)
    return chosen


@pytest.mark.parametrize("step", [1, -1, 7])
def test_many_troubles_at_once_are_all_told_of(step, clean, codes_of):
    names = sorted(set(TROUBLES) - {one.name for one in RAW_FILE_TROUBLES})
    order = [names[at * step % len(names)] for at in range(len(names))]
    chosen = without_collisions(order)
    assert len(chosen) > 25
    found = codes_of(plant(chosen, clean, seed=5))
    missing = {name: set(TROUBLES[name].says) - found for name in chosen}
    assert {name: codes for name, codes in missing.items() if codes} == {}


def test_raw_files_and_tables_are_planted_together(clean_raw, raw_codes_of):
    names = [one.name for one in RAW_FILE_TROUBLES if one.name != "sample-not-in-file"]
    chosen = without_collisions([*names, "latin-1", "no-day"])
    found = raw_codes_of(plant(chosen, clean_raw, seed=5))
    assert {code for name in chosen for code in TROUBLES[name].says} <= found


def test_the_order_of_the_names_does_not_matter(clean):
    one = plant(("line-endings", "reversed-events"), clean, seed=1)
    other = plant(("reversed-events", "line-endings", "line-endings"), clean, seed=1)
    assert written(one) == written(other)


def test_a_trouble_looks_the_same_whatever_is_planted_with_it(clean):
    alone = plant(("above-limit",), clean, seed=1)
    both = plant(("impossible-count", "above-limit"), clean, seed=1)
    one, other = (files.tables["serum_proteins.csv"].to_bytes() for files in (alone, both))
    assert one == other


def test_two_that_change_the_same_are_refused_in_one_line(clean):
    message = (
        "troubles: 'reversed-events' and 'no-censoring' both change outcomes.pfs_event; choose one"
    )
    with pytest.raises(InputError, match=f"^{message}$"):
        plant(("no-censoring", "reversed-events"), clean, seed=1)


def test_an_unknown_name_is_refused_with_the_nearest(clean):
    with pytest.raises(InputError, match="'reversed-event' is none. Did you mean 'reversed-events"):
        plant(("reversed-event",), clean, seed=1)


def test_an_unknown_name_in_a_plan_is_refused_with_the_nearest(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text('troubles = ["line-ending"]\n', encoding="utf-8")
    with pytest.raises(InputError, match="Did you mean 'line-endings'"):
        read_plan(path)


def test_a_study_without_the_table_is_told_in_one_line(clean):
    files = type(clean)({}, clean.settings)
    with pytest.raises(InputError, match=r"^trouble 'line-endings': this study has no file of"):
        plant(("line-endings",), files, seed=1)


def test_a_study_with_too_few_patients_is_told_in_one_line(clean):
    patients = clean.tables["patients.csv"]
    one = type(patients)(patients.frame.head(1))
    files = type(clean)({**clean.tables, "patients.csv": one}, clean.settings)
    with pytest.raises(InputError, match=r"it needs 2 rows, this study has 1; plan more patients"):
        plant(("unmapped-code",), files, seed=1)


def test_a_study_without_stimulated_wells_has_none_without_a_partner():
    cytometry = CytometryPlan(is_written=True, participants=2, stimuli=("unstimulated",))
    files = draw_virtual_study(StudyPlan(patients=5, cytometry=cytometry)).files
    with pytest.raises(InputError, match="this study has no stimulated well"):
        plant(("no-unstimulated-well",), files, seed=1)


def test_a_raw_file_that_nothing_writes_cannot_be_damaged(clean_raw):
    files = type(clean_raw)(clean_raw.tables, clean_raw.settings)
    with pytest.raises(InputError, match=r"nothing writes cytometry/fcs/.*\.fcs"):
        plant(("raw-file-unreadable",), files, seed=1)
