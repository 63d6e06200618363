"""Signs of markers are read as they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.evidence.population_definition import _LEVELS, MarkerSign, parse_signs


def test_a_sign_is_an_antigen_and_a_level():
    assert parse_signs("CD3+ HLA-DR- CD127lo CD25hi CD56dim NK1.1+") == (
        MarkerSign("CD3", "positive"),
        MarkerSign("HLA-DR", "negative"),
        MarkerSign("CD127", "low"),
        MarkerSign("CD25", "high"),
        MarkerSign("CD56", "dim"),
        MarkerSign("NK1.1", "positive"),
    )


def test_a_question_mark_makes_a_sign_optional():
    assert parse_signs("CD3+ CD19-?") == (
        MarkerSign("CD3", "positive"),
        MarkerSign("CD19", "negative", is_optional=True),
    )


@pytest.mark.parametrize("text", ["CD3", "+", "CD3+?-", "CD3?", "CD3 +"])
def test_a_word_without_antigen_or_level_is_refused(text):
    with pytest.raises(ValueError, match="no sign of a marker"):
        parse_signs(text)


@given(
    st.builds(
        MarkerSign,
        st.sampled_from(["CD3", "HLA-DR", "TCRVa7.2", "Ly6C", "CD3_CD19"]),
        st.sampled_from(list(_LEVELS.values())),
        st.booleans(),
    )
)
def test_a_sign_that_is_written_reads_back_the_same(sign):
    assert parse_signs(str(sign)) == (sign,)
