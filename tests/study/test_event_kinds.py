"""Progression and death are told apart by the day of death, only where a study asks for it."""

import polars as pl
import pytest

from macroimmune.schema import TABLES
from macroimmune.study import AnalysisSettings, study_from_frames
from macroimmune.study.event_kinds import with_event_kinds

CASES = [
    # pfs time, pfs event, os time, os event, kind
    (90.0, True, 90.0, True, "death"),
    (88.0, True, 90.0, True, "death"),
    (87.0, True, 90.0, True, "progression"),
    (90.0, True, 90.0, False, "progression"),
    (90.0, True, 300.0, False, "progression"),
    (90.0, True, None, None, None),
    (90.0, True, None, True, None),
    (90.0, False, 90.0, True, None),
    (None, None, 90.0, True, None),
]


def outcomes() -> pl.DataFrame:
    names = ("pfs_time_days", "pfs_event", "os_time_days", "os_event")
    rows = [dict(zip(names, case[:4], strict=True)) for case in CASES]
    frame = pl.DataFrame(rows).with_columns(participant_id=pl.format("p{}", pl.int_range(pl.len())))
    empty = pl.DataFrame(schema=TABLES["outcomes"].schema)
    return pl.concat([empty, frame], how="diagonal_relaxed").select(empty.columns)


def test_an_event_on_the_day_of_death_is_death_and_any_other_progression() -> None:
    found, notes = with_event_kinds(outcomes(), ["pfs"])
    assert found["pfs_event_kind"].to_list() == [case[4] for case in CASES]
    (note,) = notes
    assert note.code == "derived-outcome"
    assert "2 of 5 events are deaths, 2 cannot be told" in note.found


def test_kinds_that_are_given_are_never_touched() -> None:
    given = outcomes().with_columns(
        pfs_event_kind=pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("progression"))
    )
    found, notes = with_event_kinds(given, ["pfs"])
    assert found.equals(given)
    assert notes == ()


@pytest.mark.parametrize("wanted", [(), ("pfs",)])
def test_a_study_derives_kinds_only_where_it_asks_for_them(wanted) -> None:
    frame = outcomes().drop("source_file", "source_row")
    people = frame.select("participant_id")
    analysis = AnalysisSettings(event_kinds_from_os=wanted)
    study = study_from_frames("kinds", analysis=analysis, participants=people, outcomes=frame)
    known = study.tables["outcomes"]["pfs_event_kind"].count()
    assert known == (5 if wanted else 0)
