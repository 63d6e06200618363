"""The fitted set is the one that was frozen, and is written as it was found."""

import pytest

from macroimmune.errors import InputError
from macroimmune.mechanism.fitting import (
    FittedSet,
    fitted_sha256,
    frozen_set,
    parameter_space,
    table_with,
    write_fitted,
)
from macroimmune.mechanism.model import Parameter, parameters

TABLE = """name,value,low,high,unit,species,role,process,grade,source,meaning
a,1,0.5,2,1,human,immune,x,estimated,,"one, two"
b,3,1,9,1,human,immune,x,measured,paper,three
c,5,0,9,1,human,tumour,x,estimated,,an input
"""


def test_the_fitted_values_of_the_table_are_those_that_were_frozen():
    frozen = frozen_set()
    assert fitted_sha256() == frozen.sha256
    assert sum(one.grade == "fitted" for one in parameters().values()) == frozen.n_fitted


def test_every_fitted_parameter_is_one_that_a_fit_may_move():
    fitted = {one.name for one in parameters().values() if one.grade == "fitted"}
    assert fitted <= set(parameter_space().names)


def test_a_written_value_is_graded_and_leaves_the_other_rows_as_they_were():
    before, after = TABLE.splitlines(), table_with(TABLE, {"a": 1.25}, "fitted").splitlines()
    assert after[1] == 'a,1.25,0.5,2,1,human,immune,x,fitted,fitted,"one, two"'
    assert [after[0], *after[2:]] == [before[0], *before[2:]]


def test_the_hash_that_is_written_is_the_hash_of_the_written_table(tmp_path):
    table, frozen = tmp_path / "parameters.csv", tmp_path / "fitted.toml"
    table.write_text(TABLE)
    known = FittedSet("2026-01-02", 3, 4, 5, 9.0, 2.0, 0, "")
    final = write_fitted({"a": 1.2345678}, known, table, frozen)
    a = Parameter("a", 1.23457, 0.5, 2, "1", "human", "immune", "x", "fitted", "", "")
    assert final.n_fitted == 1
    assert final.sha256 == fitted_sha256({"a": a})
    assert f'sha256 = "{final.sha256}"' in frozen.read_text()


@pytest.mark.parametrize(
    ("values", "said"),
    [({"d": 1.0}, "no parameter 'd'"), ({"a": 3.0}, "a = 3: outside its range 0.5 to 2")],
)
def test_values_without_a_place_in_the_table_are_refused(values, said):
    with pytest.raises(InputError, match=said):
        table_with(TABLE, values, "fitted")
