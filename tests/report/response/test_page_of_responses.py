"""The whole page with stimulation: sections in order, ids kept out, figures as files."""

import json
import re
import shutil

import pytest

from macroimmune.report import write_figures, write_report
from macroimmune.results import save_table


@pytest.fixture(scope="module")
def folder(results, made, tmp_path_factory):
    copy = tmp_path_factory.mktemp("stimulated") / "results"
    shutil.copytree(results, copy)
    for name, frame in made.response_tables().items():
        save_table(copy, name, frame)
    write_report(copy)
    return copy


@pytest.fixture(scope="module")
def page(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


def test_all_sections_stand_in_their_order(page):
    ids = re.findall(r'<section id="([^"]+)"', page)
    start = ids.index("stimulation")
    assert ids[start : start + 6] == [
        "stimulation", "responsiveness", "responsiveness-and-outcome", "stimulation-checks",
        "dose", "pre-encoded",
    ]  # fmt: skip


def test_every_link_has_its_target(page):
    targets = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= targets


def test_the_summary_tells_pairs_and_scores(page):
    summary = re.search(r'<p class="summary">(.*?)</p>', page, flags=re.DOTALL)[1]
    assert "7 pairs of a stimulated and an unstimulated well, of 6 donors" in summary
    assert "5 donors with a score of responsiveness." in summary
    assert "<dd>5</dd><dt>with a responsiveness score</dt>" in page


def test_no_participant_is_named_on_the_page(page):
    assert not re.search(r"P00\d", page)


def test_bins_and_single_responses_stay_out_of_the_twin(folder):
    tables = json.loads((folder / "results.json").read_text(encoding="utf-8"))["tables"]
    assert "response_densities" not in tables
    assert "stimulation_responses" not in tables
    assert len(tables["responsiveness"]["score"]) == 13


def test_figures_of_responses_are_written_as_files(folder, tmp_path):
    write_figures(folder, tmp_path)
    names = {path.stem for path in tmp_path.iterdir()}
    for start in ("responses-1", "densities-1", "responsiveness-1", "dose-1", "pre-encoded-1"):
        assert any(name.startswith(start) for name in names), start
