import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.mechanism.model import parameters
from macroimmune.mechanism.virtual_patients import draw_patients, variation


def test_every_parameter_that_differs_is_one_of_the_model_and_none_is_a_drug():
    known = parameters()
    for name, row in variation().items():
        assert known[name].role in {"host", "tumour", "immune"}
        assert known[name].low <= row.low < row.high <= known[name].high, name
        assert (row.sd > 0) == (row.distribution == "lognormal"), name
        assert (row.source == "") == (row.grade == "estimated"), name


@settings(deadline=None, max_examples=20)
@given(
    n=st.integers(1, 70),
    seed=st.integers(0, 9),
    design=st.sampled_from(["sobol", "latin_hypercube"]),
    growth=st.floats(0.002, 0.4),
)
def test_draws_lie_within_the_ranges_and_depend_on_the_seed_alone(n, seed, design, growth):
    stated = {"growth_Tum": growth}
    drawn = draw_patients(n, seed, design, stated)
    assert drawn["patient"].to_list() == list(range(1, n + 1))
    for name, row in variation().items():
        assert drawn[name].is_between(row.low, row.high).all(), name
    assert drawn.equals(draw_patients(n, seed, design, stated))


def test_fewer_patients_of_a_sobol_design_are_the_first_of_more():
    assert draw_patients(5, 3).equals(draw_patients(40, 3).head(5))


def test_a_lognormal_parameter_has_the_stated_value_as_its_median_and_the_sd_of_the_table():
    logs = np.log(draw_patients(2048, 1, settings={"growth_Tum": 0.02})["growth_Tum"].to_numpy())
    assert np.median(logs) == pytest.approx(np.log(0.02), abs=0.01)
    assert logs.std() == pytest.approx(variation()["growth_Tum"].sd, rel=0.02)


def test_what_a_scenario_sets_to_nothing_stays_nothing():
    assert (
        draw_patients(8, 1, settings={"secretes_GCSF": 0.0})["secretes_GCSF"].to_list() == [0] * 8
    )


def test_a_parameter_that_is_left_out_does_not_differ():
    assert draw_patients(4, 1, only=("growth_Tum",)).columns == ["patient", "growth_Tum"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"n": 0}, "patients = 0: expected a whole number from 1 up"),
        ({"seed": -1}, "seed = -1"),
        ({"design": "sobel"}, "Did you mean 'sobol'"),
        ({"only": ("growth_Tumour",)}, "Did you mean 'growth_Tum'"),
    ],
)
def test_a_draw_that_cannot_be_is_refused_with_the_nearest_name(asked, said):
    with pytest.raises(InputError, match=said):
        draw_patients(**({"n": 2, "seed": 1} | asked))
