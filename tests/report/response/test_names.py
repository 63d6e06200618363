"""Names for people in the sections on stimulation."""

from macroimmune.report.numbers import NO_BREAK
from macroimmune.report.response.names import list_name, panel_words, stimulus_words


def test_a_dose_is_told_with_its_unit():
    row = {"stimulus": "IL6", "stimulus_minutes": None, "stimulus_dose": 20.0,
           "stimulus_dose_unit": "ng/mL"}  # fmt: skip
    assert stimulus_words(row) == "IL6, dose 20 ng/mL"


def test_two_hours_are_minutes_and_more_are_hours():
    assert stimulus_words({"stimulus": "x", "stimulus_minutes": 120.0}) == f"x, 120{NO_BREAK}min"
    assert stimulus_words({"stimulus": "x", "stimulus_minutes": 1440.0}) == f"x, 24{NO_BREAK}h"


def test_no_stimulus_is_called_unstimulated():
    assert stimulus_words({"stimulus": "none", "stimulus_minutes": None}) == "unstimulated"


def test_a_list_that_is_not_declared_keeps_its_words():
    assert list_name("isg_rs") == "isg rs"


def test_without_a_panel_the_modality_is_told():
    assert panel_words({"panel": "", "modality": "expression"}) == "single-cell RNA"
