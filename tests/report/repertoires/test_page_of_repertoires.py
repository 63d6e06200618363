"""The whole page with repertoires: sections in order, no ids, figures as files, sheets."""

import json
import re
import shutil

import pytest
from python_calamine import CalamineWorkbook

from macroimmune.report import write_figures, write_report
from macroimmune.results import save_table


@pytest.fixture(scope="module")
def folder(results, frames, tmp_path_factory):
    copy = tmp_path_factory.mktemp("repertoires") / "results"
    shutil.copytree(results, copy)
    for name, frame in frames.repertoire_tables().items():
        save_table(copy, name, frame)
    write_report(copy)
    return copy


@pytest.fixture(scope="module")
def page(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


def test_all_sections_stand_in_their_order(page):
    ids = re.findall(r'<section id="([^"]+)"', page)
    start = ids.index("repertoires")
    assert ids[start : start + 8] == [
        "repertoires", "repertoire-diversity", "clone-changes", "repertoire-turnover",
        "clone-tracking", "blood-and-tumour", "clone-cells", "receptor-neighbours",
    ]  # fmt: skip


def test_no_participant_is_named_on_the_page(page):
    assert not re.search(r"P00\d", page)


def test_nothing_on_the_page_is_no_number(page):
    assert not re.search(r"\b(nan|NaN|inf|None)\b", page.split("<script>")[0])


def test_the_summary_tells_what_was_read(page):
    summary = re.search(r'<p class="summary">(.*?)</p>', page, flags=re.DOTALL)[1]
    assert "16 T cell receptor repertoires of 4 participants; counted: templates." in summary
    assert "<dd>16</dd><dt>T cell receptor repertoires</dt>" in page


def test_single_clones_stay_out_of_the_twin(folder):
    tables = json.loads((folder / "results.json").read_text(encoding="utf-8"))["tables"]
    assert "clone_changes" not in tables
    assert len(tables["repertoires"]["n_clonotypes"]) == 16
    assert len(tables["repertoire_diversity"]["value"]) == 16 * 8


def test_the_workbook_holds_called_clones_only_and_says_so(folder, frames):
    book = CalamineWorkbook.from_path(folder / "tables.xlsx")
    head, *rows = book.get_sheet_by_name("Called clones").to_python()
    calls = [row[head.index("call")] for row in rows]
    clones = frames.repertoire_tables()["clone_changes"]
    assert calls.count("expanded") == clones.filter(call="expanded").height > 0
    assert set(calls) <= {"expanded", "contracted"}
    about = {row[0]: row[1] for row in book.get_sheet_by_name("About").to_python()}
    assert about["Called clones"].endswith("here: expanded and contracted clones")
    assert "Repertoires" in book.sheet_names


def test_figures_of_repertoires_are_written_as_files(folder, tmp_path):
    write_figures(folder, tmp_path)
    names = {path.stem for path in tmp_path.iterdir()}
    for start in ("depth-1", "coverage-1", "ranks-1", "rarefaction-1-coverage-0", "usage-v-1",
                  "clone-changes-1", "clone-calls", "novel-clones", "turnover", "clone-tracking-1",
                  "blood-and-tumour", "overlap-1", "clone-sizes", "startrac-expansion",
                  "novel-by-population", "receptor-neighbours"):  # fmt: skip
        assert any(name.startswith(start) for name in names), start
