import polars as pl
import pytest

from macroimmune.errors import InputError
from macroimmune.mechanism.scenarios import (
    Scenario,
    observable_columns,
    observables,
    observe,
    read_observables,
    run_scenario,
)

TEXT = """
[blood]
"x number" = "both - b"
"x share" = '"x number" / b'

[spleen]
"x number" = '2 * "x number in blood" + ref_Neu_bl'

[terms]
both = "a + b"
"""
COURSE = pl.DataFrame({"day": [0.0, 1.0], "a": [1.0, 3.0], "b": [4.0, 0.0]})


def test_observables_use_terms_earlier_entries_other_compartments_and_parameters() -> None:
    found = observe(COURSE, values={"ref_Neu_bl": 10.0}, catalogue=read_observables(TEXT))
    assert found.columns == [
        "day",
        "x number in blood",
        "x share in blood",
        "x number in spleen",
    ]
    assert found["x number in blood"].to_list() == [1.0, 3.0]
    assert found["x number in spleen"].to_list() == [12.0, 16.0]


def test_a_share_of_nothing_is_null_and_never_nan() -> None:
    found = observe(COURSE, [("blood", "x share")], catalogue=read_observables(TEXT))
    assert found["x share in blood"].to_list() == [0.25, None]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (("blod", "x number"), "compartment 'blod' has no observables. Did you mean 'blood'"),
        (("blood", "x numbr"), "observable 'x numbr' in blood is unknown. Did you mean 'x number'"),
    ],
)
def test_an_unknown_observable_is_refused_with_the_nearest(key: tuple[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        observe(COURSE, [key], catalogue=read_observables(TEXT))


def test_a_column_that_the_model_lacks_is_refused_with_the_nearest() -> None:
    wrong = read_observables('[blood]\nx = "Neu_bll"')
    course = COURSE.rename({"a": "Neu_bl"})
    with pytest.raises(InputError, match="no column 'Neu_bll'. Did you mean 'Neu_bl'"):
        observe(course, catalogue=wrong)


def test_every_observable_has_a_value_in_a_healthy_host() -> None:
    run = run_scenario(Scenario("healthy", settle_days=0, days=2), observables=None)
    assert run.observed.height == 3
    assert set(run.observed.columns[1:]) == {e.column for e in observables().entries.values()}
    without = [column for column in run.observed.columns if run.observed[column].null_count() > 0]
    assert without == []


def test_an_observable_needs_the_columns_of_all_that_it_is_made_of() -> None:
    columns = [*run_scenario(Scenario("x", days=1)).course.columns]
    wanted = [("blood", "neutrophil number"), ("blood", "unknown")]
    assert set(observable_columns(wanted, columns)) == {"Neu_bl", "PMN_bl"}
    shares = observable_columns([("blood", "neutrophil frequency")], columns)
    part = run_scenario(Scenario("x", days=1), columns=shares).course
    whole = run_scenario(Scenario("x", days=1)).course
    key = [("blood", "neutrophil frequency")]
    assert observe(part, key).equals(observe(whole, key))
