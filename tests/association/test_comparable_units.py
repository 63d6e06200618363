"""A feature is the same in two cohorts only if unit, denominator and compartment are."""

from hypothesis import given
from hypothesis import strategies as st

from macroimmune.association.comparable_units import Measurement, unit_differences

MEASURED = st.builds(
    Measurement,
    st.sampled_from(["", "g/L", "percent"]),
    st.sampled_from(["", "CD4+ T cells", "CD8+ T cells"]),
    st.sampled_from(["blood", "tumour"]),
)


def test_a_measurement_reads_as_one_would_say_it():
    assert str(Measurement("percent", "CD4+ T cells", "blood")) == (
        "percent of CD4+ T cells in blood"
    )
    assert str(Measurement("", "", "")) == "no unit"


@given(st.lists(MEASURED, min_size=1, max_size=4))
def test_something_is_said_exactly_where_cohorts_differ_in_whatever_order(measurements):
    measured = {f"cohort {k}": {"x": one} for k, one in enumerate(measurements)}
    names = list(measured)
    said = unit_differences(measured, "x", names)
    assert bool(said) == (len(set(measurements)) > 1)
    assert bool(unit_differences(measured, "x", names[::-1])) == bool(said)
    for name, one in measured.items():
        assert not said or f"{name}: {one['x']}" in said


def test_only_the_cohorts_asked_for_are_compared():
    measured = {"a": {"x": Measurement("g/L", "", "")}, "b": {"x": Measurement("g/dL", "", "")}}
    assert unit_differences(measured, "x", ["a"]) == ""
    assert unit_differences(measured, "y", ["a", "b"]) == ""
