import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import agreement_verdict

FINITE = st.floats(-3, 3)
ERRORS = st.floats(0.01, 2)


def verdict(effect, error, direction=1, kind="hazard"):
    return agreement_verdict(
        log_effect_per_sd=effect,
        standard_error_per_sd=error,
        published_direction=direction,
        kind=kind,
    )


# log 1.5 = 0.4055: an effect of 0.1 leaves 0.3055 / 1.96 = 0.1559; 0.5 SD leaves 0.2041.
@pytest.mark.parametrize(
    ("effect", "error", "direction", "kind", "word"),
    [
        (0.4, 0.1, 1, "hazard", "agrees"),
        (-0.4, 0.1, -1, "odds", "agrees"),
        (-0.4, 0.1, 1, "hazard", "contradicts"),
        (0.1, 0.155, 1, "hazard", "no effect of that size"),
        (0.1, 0.157, 1, "hazard", "underpowered"),
        (0.26, 0.14, 1, "odds", "underpowered"),
        (0.1, 0.204, -1, "standardised_difference", "no effect of that size"),
        (0.1, 0.205, -1, "standardised_difference", "underpowered"),
        (np.nan, 0.1, 1, "hazard", "not measured"),
        (0.1, np.nan, 1, "hazard", "not measured"),
    ],
)
def test_each_verdict_falls_where_its_rule_says(effect, error, direction, kind, word):
    assert verdict(effect, error, direction, kind).verdict == word


def test_reasons_carry_the_numbers():
    reason = verdict(np.log(1.5), 0.1).reason
    assert reason == "hazard ratio per SD 1.50 [1.23 to 1.82], in the published direction"
    reason = verdict(0.0, 0.3).reason
    expected = "hazard ratio per SD 1.00 [0.56 to 1.80], which holds no effect and reaches past"
    assert reason == f"{expected} 0.67 and 1.5"
    reason = verdict(0.0, 0.1).reason
    assert reason == "hazard ratio per SD 1.00 [0.82 to 1.22], between 0.67 and 1.5"


def test_what_is_missing_is_passed_on():
    found = agreement_verdict(
        log_effect_per_sd=np.nan,
        standard_error_per_sd=np.nan,
        published_direction=1,
        kind="odds",
        missing="no absolute counts in the study",
    )
    assert found.reason == "no absolute counts in the study"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"published_direction": 0}, r"\+1 or -1"),
        ({"kind": "risk"}, "expected one of"),
        ({"standard_error_per_sd": 0.0}, "above zero"),
    ],
)
def test_impossible_input_is_refused(changes, words):
    given_values = {
        "log_effect_per_sd": 0.1,
        "standard_error_per_sd": 0.1,
        "published_direction": 1,
        "kind": "hazard",
    }
    with pytest.raises(InputError, match=words):
        agreement_verdict(**(given_values | changes))


@given(FINITE, ERRORS)
def test_turning_effect_and_direction_together_changes_no_verdict(effect, error):
    assert verdict(effect, error, 1).verdict == verdict(-effect, error, -1).verdict


@given(FINITE, ERRORS)
def test_opposite_publications_cannot_both_agree(effect, error):
    words = {verdict(effect, error, direction).verdict for direction in (1, -1)}
    assert words == {"agrees", "contradicts"} or len(words) == 1


@given(FINITE, ERRORS)
def test_no_effect_of_that_size_is_never_said_of_an_interval_that_holds_it(effect, error):
    if verdict(effect, error).verdict == "no effect of that size":
        assert abs(effect) + 1.95 * error < np.log(1.5)
