"""One sample for each donor, and the order of donors."""

import dataclasses

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.report.response.donors import baseline_samples, donor_order, spread


def test_without_a_sample_before_treatment_the_first_after_it_counts():
    rows = pl.DataFrame({
        "participant_id": ["a", "a", "b", "b"], "sample_id": ["late", "soon", "x", "y"],
        "days_from_treatment_start": [84.0, 14.0, None, 30.0],
    })  # fmt: skip
    assert baseline_samples(rows)["sample_id"].to_list() == ["soon", "x"]


def test_donors_stand_by_score_and_those_without_one_last(stimulated, made):
    scores = [
        {"participant_id": who, "sample_id": who, "score": score, "is_primary": True}
        for who, score in (("b", -1.0), ("a", 2.0), ("c", None))
    ]
    tables = {**stimulated.tables, "responsiveness": made.frame("responsiveness", scores)}
    source = dataclasses.replace(stimulated, tables=tables)
    responses = made.frame(
        "stimulation_responses",
        [{"participant_id": who, "difference": size} for who, size in (("c", 9.0), ("d", 1.0))],
    )
    assert donor_order(source, ["a", "b", "c", "d"], responses) == ["b", "a", "d", "c"]


@given(st.integers(0, 400), st.integers(2, 50))
def test_what_is_kept_holds_both_ends_in_order_and_once(n, most):
    kept = spread(range(n), most)
    assert len(kept) == min(n, most)
    assert kept == sorted(set(kept))
    if n:
        assert (kept[0], kept[-1]) == (0, n - 1)
