"""A study from one sheet and a few options."""

import tomllib
from pathlib import Path

import pytest
import xlsxwriter

from macroimmune.errors import InputError
from macroimmune.study import parse_settings, study_from_settings
from macroimmune.study.one_sheet import settings_for_sheet

COLUMNS = {
    "ID": ["a", "b", "c", "d"],
    "OS_days": [100, 200, 300, 400],
    "OS_event": [1, 0, 1, 0],
    "follow up": [3, 6, 9, 12],
    "BOR": ["CR", "PD", "SD", "NE"],
    "group": ["x", "x", "y", "y"],
    "NLR": [2.0, 3.1, 4.2, 5.3],
}


@pytest.fixture(name="workbook")
def workbook_with_one_sheet(tmp_path) -> Path:
    path = tmp_path / "cohort.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("patients")
        for number, (heading, cells) in enumerate(COLUMNS.items()):
            page.write_column(0, number, [heading, *cells])
    return path


def test_a_sheet_and_its_options_make_a_study(workbook) -> None:
    draft = settings_for_sheet(
        workbook,
        participant="ID",
        os_time="OS_days",
        os_event="OS_event=1",
        response="BOR=CR,PR",
        arm="group",
    )
    study = study_from_settings(parse_settings(draft.text, workbook.parent))
    assert not study.errors
    outcomes = study.tables["outcomes"]
    assert outcomes["os_event"].to_list() == [True, False, True, False]
    assert outcomes["response"].to_list() == [True, False, False, None]
    assert study.participants["arm"].to_list() == ["x", "x", "y", "y"]
    assert study.tables["blood_counts"]["value"].to_list() == [2.0, 3.1, 4.2, 5.3]


def test_what_is_given_is_not_called_a_guess(workbook) -> None:
    given = settings_for_sheet(workbook, os_event="OS_event=0", os_time="OS_days")
    line = next(line for line in given.text.splitlines() if line.startswith("os_event"))
    assert line == 'os_event = { column = "OS_event", true = ["0"], false = ["1"] }'
    guessed = settings_for_sheet(workbook)
    line = next(line for line in guessed.text.splitlines() if line.startswith("os_event"))
    assert "guessed: 1 = event" in line


def test_the_unit_of_time_is_that_of_the_option(workbook) -> None:
    draft = settings_for_sheet(
        workbook, os_time="follow up", os_event="OS_event=1", time_unit="months"
    )
    assert tomllib.loads(draft.text)["outcomes"]["os_time_days"] == {
        "column": "follow up",
        "unit": "month",
    }
    with pytest.raises(InputError, match="measures mass concentration"):
        settings_for_sheet(workbook, time_unit="pg/mL")
    with pytest.raises(InputError, match="not known; write day, week, month or year"):
        settings_for_sheet(workbook, time_unit="fortnight")


def test_a_column_that_is_not_there_is_told_with_the_closest(workbook) -> None:
    with pytest.raises(InputError, match="Did you mean 'OS_event'"):
        settings_for_sheet(workbook, os_event="OSevents=1")


def test_an_equals_sign_in_a_heading_is_part_of_it(tmp_path) -> None:
    path = tmp_path / "cohort.csv"
    path.write_text("ID,OS,dead=1\na,10,1\nb,20,0\nc,35,1\n")
    for option in ("dead=1", "dead=1=1"):
        found = tomllib.loads(settings_for_sheet(path, os_event=option).text)
        assert found["outcomes"]["os_event"]["column"] == "dead=1"
        assert found["outcomes"]["os_event"]["true"] == ["1"]


def two_columns(path: Path, codes: list[str]) -> Path:
    lines = [f"p{n},{100 * n + 50},{code}" for n, code in enumerate(codes)]
    path.write_text("\n".join(["ID,OS_days,OS_event", *lines]) + "\n", encoding="utf-8")
    return path


def test_a_code_that_no_cell_has_is_refused_with_those_that_there_are(tmp_path) -> None:
    path = two_columns(tmp_path / "cohort.csv", ["alive", "dead", "dead"])
    with pytest.raises(InputError, match="no cell of OS_event says 'Deceased'; there are: alive"):
        settings_for_sheet(path, os_event="OS_event=Deceased")
    draft = settings_for_sheet(path, os_event="OS_event=DEAD", os_time="OS_days")
    study = study_from_settings(parse_settings(draft.text, tmp_path))
    assert study.tables["outcomes"]["os_event"].to_list() == [False, True, True]


@pytest.mark.parametrize(
    ("codes", "event"), [(["0", "1", "2", "1"], "1"), (["alive", "dead", "lost?", "dead"], "dead")]
)
def test_a_code_that_nobody_explained_is_never_censored(tmp_path, codes, event) -> None:
    path = two_columns(tmp_path / "cohort.csv", codes)
    draft = settings_for_sheet(path, os_event=f"OS_event={event}", os_time="OS_days")
    study = study_from_settings(parse_settings(draft.text, tmp_path))
    assert [one.code for one in study.errors] == ["unmapped-code"]
    assert codes[2] in study.errors[0].found
    assert study.tables["outcomes"]["os_event"].to_list() == [False, True, None, True]


def test_not_evaluable_in_any_words_is_no_answer(tmp_path) -> None:
    path = two_columns(tmp_path / "cohort.csv", ["PR", "SD", "Not evaluable", "PD"])
    draft = settings_for_sheet(path, response="OS_event=CR,PR")
    study = study_from_settings(parse_settings(draft.text, tmp_path))
    assert study.tables["outcomes"]["response"].to_list() == [True, False, None, False]


def test_of_several_sheets_the_one_with_the_named_columns_is_taken(tmp_path) -> None:
    path = tmp_path / "cohort.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("legend").write_column(0, 0, ["abbreviation", "OS", "PFS"])
        page = book.add_worksheet("patients")
        for number, (heading, cells) in enumerate(COLUMNS.items()):
            page.write_column(0, number, [heading, *cells])
    draft = settings_for_sheet(path, os_time="OS_days", os_event="OS_event=1")
    assert tomllib.loads(draft.text)["sheet"] == "patients"
    with pytest.raises(InputError, match="lacks 'OSdayz'; sheets: 'legend', 'patients'; .*--sheet"):
        settings_for_sheet(path, participant="ID", os_time="OSdayz")
