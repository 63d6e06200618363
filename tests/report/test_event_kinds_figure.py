import re

import pytest

from macroimmune.report.event_kinds_figure import event_kinds_figure

LABEL = re.compile(r'<text x="(\d+)" y="\d+" class="t e s l">([^<]*)</text>')
SHARES = {"cell_percent": 80.0, "dead_percent": 20.0}


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("a.fcs", "a.fcs"),
        ("V001_baseline_CyTOF_unstimulated.fcs", "V001_baseline_CyTOF_unstimulated.fcs"),
        ("PATIENT_0001_BASELINE_PANEL_2_IFN_LATE.fcs", "PATIENT_0001_BASEL…EL_2_IFN_LATE.fcs"),
    ],
)
def test_names_of_files_fit_beside_the_bars_and_keep_both_ends(file: str, shown: str) -> None:
    drawn = event_kinds_figure("events", [(file, 1000, SHARES), ("b.fcs", 10, SHARES)], 0)
    labels = LABEL.findall(drawn.body)
    assert [words for _, words in labels] == [shown, "b.fcs"]
    # A capital of a wide font (DejaVu Sans) takes 0.68 of the font size of 22 units.
    assert all(0.68 * 22 * len(words) <= int(end) for end, words in labels)


def test_bars_have_room_beside_the_longest_names() -> None:
    drawn = event_kinds_figure("events", [("x" * 200, 1000, SHARES)], 0)
    ends = [int(end) for end in re.findall(r"M(\d+) \d+H(\d+)v", drawn.body)[0]]
    assert ends[1] - ends[0] > 400
