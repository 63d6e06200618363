"""Response and durable clinical benefit follow their stated rules."""

import polars as pl
import pytest

from macroimmune.schema import TABLES
from macroimmune.study.derived_outcomes import with_derived_outcomes, with_some_outcome


def outcomes(**columns):
    n = len(next(iter(columns.values())))
    frame = pl.DataFrame({"participant_id": [f"p{i}" for i in range(n)], **columns})
    empty = pl.DataFrame(schema=TABLES["outcomes"].schema)
    return pl.concat([empty, frame], how="diagonal_relaxed").select(empty.columns)


def test_response_is_cr_or_pr_and_missing_for_ne():
    derived, findings = with_derived_outcomes(
        outcomes(best_response=["CR", "PR", "SD", "PD", "NE", None])
    )
    assert derived["response"].to_list() == [True, True, False, False, None, None]
    assert [finding.severity for finding in findings] == ["note"]
    assert "2 of 4" in findings[0].found


@pytest.mark.parametrize(
    ("best", "time", "event", "benefit"),
    [
        ("PR", 30.0, True, True),
        ("SD", 181.0, False, True),
        ("PD", 181.0, True, True),
        ("SD", 180.0, True, False),
        ("SD", 180.0, False, None),
        ("SD", None, None, None),
        (None, 10.0, True, False),
        (None, 10.0, None, None),
        ("NE", 200.0, False, True),
    ],
)
def test_durable_benefit_is_response_or_more_than_180_days(best, time, event, benefit):
    frame = outcomes(best_response=[best, "SD"], pfs_time_days=[time, 1.0], pfs_event=[event, True])
    assert with_derived_outcomes(frame)[0]["durable_clinical_benefit"][0] is benefit


def test_benefit_is_not_told_from_response_alone():
    derived, _ = with_derived_outcomes(outcomes(best_response=["CR", "PD"]))
    assert derived["durable_clinical_benefit"].null_count() == 2


def test_what_the_study_supplies_is_never_touched():
    frame = outcomes(
        best_response=["CR", "PD"],
        response=[False, None],
        durable_clinical_benefit=[None, False],
        pfs_time_days=[400.0, 400.0],
        pfs_event=[True, True],
    )
    derived, findings = with_derived_outcomes(frame)
    assert derived.equals(frame)
    assert findings == ()


def test_a_time_without_event_is_no_outcome():
    frame = outcomes(
        os_time_days=[1.0, 1.0, None], os_event=[True, None, True], response=[None, None, None]
    )
    assert with_some_outcome(frame) == {"p0"}


def test_a_responder_without_pfs_is_unknown_as_a_non_responder_without_it_is():
    frame = outcomes(
        best_response=["CR", "PD", "CR"],
        pfs_time_days=[None, None, 90.0],
        pfs_event=[None, None, False],
    )
    derived, _ = with_derived_outcomes(frame)
    assert derived["durable_clinical_benefit"].to_list() == [None, None, True]
