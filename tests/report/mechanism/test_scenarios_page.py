"""The page of scenarios: whole, self-contained, in plain words."""

import re
from dataclasses import replace

import pytest

from macroimmune.errors import InputError
from macroimmune.report.mechanism import DoseResponse, write_scenarios_page


@pytest.fixture(scope="module")
def page(runs, tmp_path_factory):
    out = tmp_path_factory.mktemp("page") / "new" / "model.html"
    dose = DoseResponse("Tumour", "anti-X, Kd", "Tumour cells", (0.0, 1.0), (2.0, 1.0))
    made = write_scenarios_page(out, runs, day=28, doses=(dose,), provenance=[("Version", "<0.1>")])
    return made.read_text(encoding="utf-8")


def test_the_sections_stand_in_order(page):
    ids = re.findall(r'<section id="([^"]+)"', page)
    assert ids == ["scenarios", "side-by-side", "map", "courses", "dose-response"]


def test_nothing_is_fetched_from_elsewhere(page):
    assert not re.search(r"""(src|href)=["'](?!#|data:,)""", page)
    assert "@import" not in page
    assert "url(" not in page


def test_every_figure_says_where_its_numbers_come_from(page):
    figures = re.findall(r"<figure>.*?</figure>", page, flags=re.DOTALL)
    assert len(figures) == 12
    assert all(re.search(r"<figcaption>[^<]*(model|scenarios)", one) for one in figures)


def test_names_are_escaped_and_nothing_is_no_number(page):
    assert "untreated &lt;b&gt;" in page
    assert "untreated <b>" not in page
    assert not re.search(r"\b(nan|NaN|inf|None)\b", page.split("<script>")[0])


def test_it_is_said_once_that_this_is_research_and_a_model(page):
    assert page.count("For research, not for diagnosis") == 1
    assert "computed by a mechanistic model, none is measured" in page


def test_the_numbers_beside_the_map_are_those_of_the_day(page, runs):
    table = re.search(r"<summary>All numbers: half against.*?</table>", page, flags=re.DOTALL)[0]
    row = re.search(r"<tr>[^\n]*Neutrophils[^\n]*</tr>", table)[0]
    cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
    assert cells == ["Blood", "Neutrophils", "10⁹ cells", "10", "20", "×0.5"]


def test_chosen_columns_replace_the_usual_ones(runs, tmp_path):
    text = write_scenarios_page(tmp_path / "p.html", runs, day=28, wanted=("PMN_bl",)).read_text(
        encoding="utf-8"
    )
    shown = re.search(r'<section id="courses">.*?</section>', text, flags=re.DOTALL)[0]
    assert "PMN-MDSC" in shown
    assert "Neutrophils" not in shown


def test_a_run_that_ended_early_is_named(runs, tmp_path):
    short = replace(
        runs[1], course=runs[1].course.filter(runs[1].course["day"] < 10), status="stopped at 10"
    )
    text = write_scenarios_page(tmp_path / "p.html", (runs[0], short), day=28).read_text("utf-8")
    assert "Ended early: half." in text
    assert "stopped at 10" in text
    assert "Ended before day 28, without numbers here: B." in text


def test_doses_whose_runs_ended_early_are_counted(runs, tmp_path, page):
    assert "Not drawn" not in page
    dose = DoseResponse("Tumour", "anti-X, Kd", "Tumour cells", (0.0,), (2.0,), ended_early=1)
    text = write_scenarios_page(tmp_path / "p.html", runs, day=28, doses=(dose,)).read_text("utf-8")
    assert "Not drawn: 1 dose whose runs ended early." in text
    assert "as the scenario" not in text
    assert "Dashed: no dose" not in text


def test_more_scenarios_than_colours_are_refused(runs, tmp_path):
    with pytest.raises(InputError, match="8 scenarios on one page: from 1 to 7"):
        write_scenarios_page(tmp_path / "p.html", [runs[0]] * 8, day=1)


def test_scenarios_that_differ_in_their_host_are_named(page, runs, tmp_path):
    assert "are not those of A" not in page
    other = replace(runs[2], host="human, no tumour")
    text = write_scenarios_page(tmp_path / "p.html", (*runs[:2], other), day=28).read_text("utf-8")
    assert "Host or tumour are not those of A: C." in text


def test_readouts_stand_beside_each_other(runs, tmp_path):
    column = "Treg frequency in blood"
    values = [{column: 0.1}, {column: 0.2}, {column: None}]
    text = write_scenarios_page(tmp_path / "p.html", runs, day=28, readouts=values).read_text(
        "utf-8"
    )
    section = re.search(r'<section id="readouts">.*?</section>', text, flags=re.DOTALL)[0]
    row = re.search(r"<tr>[^\n]*Treg frequency, blood[^\n]*</tr>", section)[0]
    cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
    assert cells == ["Treg frequency, blood", "0.1", "0.2", "–"]
    assert ">×2</text>" in section
