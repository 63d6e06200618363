import re
from importlib.resources import files

import pytest

from macroimmune.errors import FormatError
from macroimmune.mechanism.model import parameters
from macroimmune.mechanism.scenarios import observables, read_observables


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[blood", "not TOML"),
        ("blood = 3", "blood: expected a table of observables"),
        ("[blood]\nx = 3", "blood: x: expected an expression in quotes"),
        ('[blood]\nx = "a +"', "blood: x: 'a [+]' is no expression"),
        ('[blood]\nx = "nothing(a)"', "unsupported function 'nothing'"),
        ('[blood]\nx = \'"y"\'\ny = "a"', "'x in blood' uses 'y in blood', which stands after it"),
        ("[blood]\nx = '\"x\"'", "'x in blood' uses 'x in blood', which stands after it"),
        ('[terms]\nx = "y"\ny = "a"', "'x' uses 'y', which stands after it"),
    ],
)
def test_a_text_that_declares_no_observables_is_refused(text: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read_observables(text)


def test_assumed_numbers_of_observables_stand_in_the_parameter_table():
    path = files("macroimmune.mechanism.scenarios") / "data" / "observables.toml"
    decimals = re.findall(r"(?<![\w.])\d+\.\d+", path.read_text("utf-8"))
    assert decimals == ["0.000000001"]
    used = set().union(*(step.needs for step in observables().steps.values()))
    readouts = {name for name, one in parameters().items() if one.role == "readout"}
    assert readouts - used == set()


def test_no_process_knows_a_number_of_the_read_outs():
    folder = files("macroimmune.mechanism.model") / "processes"
    words = {
        word
        for entry in folder.iterdir()
        for word in re.findall(r"\w+", entry.read_text(encoding="utf-8"))
    }
    assert words & {name for name, one in parameters().items() if one.role == "readout"} == set()
