"""Ready scenarios and files become one page."""

import pytest

from macroimmune.errors import InputError
from macroimmune.mechanism.scenarios import Intervention, Scenario, observables, run_scenario
from macroimmune.report.mechanism import chosen_scenario, model_page, model_run
from macroimmune.report.mechanism.readouts_section import READOUTS

STATED = """
days = 10
[host]
species = "mouse"
[tumour]
profile = "generic"
tumour_days = 5
[[interventions]]
name = "anti_GCSF"
"""


def test_an_unknown_scenario_gets_the_nearest_name():
    with pytest.raises(InputError, match="'mouse_tumor' is unknown. Did you mean 'mouse_tumour'"):
        chosen_scenario("mouse_tumor")


def test_a_run_is_drawn_from_just_before_the_tumour():
    given = Intervention("anti_GCSF", day=1, every=2, times=2)
    run = model_run(
        run_scenario(
            Scenario("a_b", tumour="generic", tumour_days=5, days=30, interventions=(given,))
        )
    )
    assert run.name == "a b"
    assert run.days[0] == -12
    assert [(dose.name, dose.days) for dose in run.doses] == [("anti-G-CSF", (1.0, 3.0))]
    assert run.tumour_days == 5
    assert run.resting["Tum"] == 0
    assert "mouse, generic tumour, 5 days old" in run.host


def test_the_page_has_scenarios_and_doses(tmp_path):
    file = tmp_path / "blocked.toml"
    file.write_text(STATED, encoding="utf-8")
    out = model_page(
        tmp_path / "p.html", ["mouse_tumour", str(file)], doses=("anti_GCSF",), of="PMN_bl"
    )
    text = out.read_text(encoding="utf-8")
    assert "compared on day 10 after" in text
    assert "PMN-MDSC, blood, on day 10 by dose of anti-G-CSF" in text
    assert "scenario blocked" in text
    assert "Cells are counted as in an adult mouse." in text
    assert "Ki67+ CD8 T cell frequency, blood" in text
    assert "SHA-256" in text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"day": 99.0}, "the shortest scenario ends on day"),
        ({"shown": ("Neu_b",)}, "no column 'Neu_b'. Did you mean 'Neu_bl'"),
        ({"doses": ("anti_PD1",)}, "no scenario of the page has the intervention 'anti_PD1'"),
    ],
)
def test_what_is_not_there_is_refused(tmp_path, asked, said):
    with pytest.raises(InputError, match=said):
        model_page(tmp_path / "p.html", ["mouse_tumour"], **asked)


def test_every_readout_is_an_observable_of_the_catalogue():
    assert set(READOUTS) <= set(observables().entries)
