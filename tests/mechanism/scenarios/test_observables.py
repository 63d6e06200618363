import pytest

from macroimmune.errors import FormatError
from macroimmune.mechanism.scenarios import read_observables


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
