"""Selection steps exclude in order and say how many and why."""

import pytest

from macroimmune.errors import StudyError
from macroimmune.results import FlowStep

PEOPLE = "ID,Age,OS,dead,flag,site\np1,61,400,1,Y,A\np2,70,300,0,N,A\np3,55,90,1,,B\np4,1,1,1,y,B\n"


def test_steps_exclude_in_order_with_their_reasons(study):
    more = """
[selection]
"Efficacy population" = { column = "flag", keep = ["Y"] }
"Site A" = { column = "site", keep = ["A"] }
"""
    loaded = study(more, {"people.csv": PEOPLE})
    assert loaded.flow == (
        FlowStep("in the files", 4, 0, ""),
        FlowStep("Efficacy population", 2, 2, "flag is not Y: N (1), empty (1)"),
        FlowStep("Site A", 1, 1, "site is not A: B (1)"),
        FlowStep("with an outcome", 1, 0, ""),
    )
    assert loaded.participants["participant_id"].to_list() == ["p1"]
    assert loaded.tables["outcomes"]["participant_id"].to_list() == ["p1"]


def test_a_step_may_use_another_file(study):
    more = '[selection]\nx = { file = "flags.csv", participant_id="who", column="ok", keep=[1] }\n'
    loaded = study(more, {"flags.csv": "who,ok\np1,1\np2,0\np3,1\n"})
    assert loaded.participants["participant_id"].to_list() == ["p1", "p3"]


def test_a_step_that_cannot_be_read_excludes_nobody_and_is_an_error(study):
    loaded = study('[selection]\nx = { column = "flagg", keep = ["Y"] }\n', {"people.csv": PEOPLE})
    assert loaded.participants.height == 4
    assert [finding.code for finding in loaded.errors] == ["column-not-found"]
    assert "Did you mean 'flag'" in loaded.errors[0].advice


def test_a_selection_that_nobody_meets_is_refused(study):
    with pytest.raises(StudyError, match=r"nobody remains after the selection"):
        study('[selection]\nx = { column = "Age", keep = ["no"] }\n')


def test_a_step_on_stacked_sources_uses_their_prefixes(study):
    sheet = "ID,flag\n1,Y\n2,N\n"
    text = (
        "participant_id='ID'\n[[participants]]\nfile='a.csv'\nprefix='a-'\n"
        "[[participants]]\nfile='b.csv'\nprefix='b-'\n"
        "[selection]\nall = { column = 'flag', keep = ['Y'] }\n"
    )
    loaded = study(text=text, files={"a.csv": sheet, "b.csv": sheet})
    assert loaded.participants["participant_id"].to_list() == ["a-1", "b-1"]


def test_a_step_on_one_of_stacked_files_concerns_its_people_alone(study):
    sheet = "ID,flag\n1,Y\n2,N\n"
    text = (
        "participant_id='ID'\n[[participants]]\nfile='a.csv'\nprefix='a-'\n"
        "[[participants]]\nfile='b.csv'\nprefix='b-'\n"
        "[selection]\none = { file = 'b.csv', column = 'flag', keep = ['Y'] }\n"
    )
    loaded = study(text=text, files={"a.csv": sheet, "b.csv": sheet})
    assert loaded.participants["participant_id"].to_list() == ["a-1", "a-2", "b-1"]
