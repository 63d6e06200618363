"""The files that a report leaves, and what holds for the page as a whole."""

import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from macroimmune.errors import ResultsError
from macroimmune.report import write_figures, write_report
from macroimmune.report.source import read_source
from macroimmune.report.spreadsheet import write_workbook
from macroimmune.results import RESULT_TABLES, empty, open_results, save_table

HOSTILE = """<script>alert("x")</script>'&"""
VOID = {"meta", "link", "input", "br", "img"}


@pytest.fixture(scope="module")
def written(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written") / "results"
    shutil.copytree(results, folder)
    write_report(folder)
    return folder


@pytest.fixture(scope="module")
def page(written):
    return (written / "report.html").read_text(encoding="utf-8")


class Tree(HTMLParser):
    """Checks that elements close in order; keeps ids, links, resources and script texts."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.resources, self.scripts = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        elif "href" in given or "src" in given:
            self.resources.append(given.get("href") or given.get("src"))
        if tag == "script":
            self.scripts.append("")
        assert not [name for name in given if name.startswith("on")]

    def handle_startendtag(self, tag, attrs):
        return None

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data


@pytest.fixture(scope="module")
def tree(page):
    parsed = Tree()
    parsed.feed(page)
    assert parsed.open == []
    return parsed


def test_the_page_needs_no_other_file_and_no_network(page, tree):
    assert tree.resources == ["data:,"]
    assert not re.findall(r"url\(|@import|<iframe|<object|<embed", page)
    assert not re.findall(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)


def test_hostile_names_stay_text(page, tree):
    assert len(tree.scripts) == 1
    assert "alert(" not in tree.scripts[0]
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(" in page


def test_every_link_has_its_target_and_ids_are_unique(tree):
    assert len(tree.ids) == len(set(tree.ids))
    assert {link.removeprefix("#") for link in tree.links} <= set(tree.ids)


def test_every_biomarker_is_linked_from_the_table_to_a_part_of_its_own(tree, written):
    features = open_results(written).table("associations")["feature"].n_unique()
    anchors = {name for name in tree.ids if name.startswith("biomarker-")}
    assert len(anchors) == features
    assert {f"#{name}" for name in anchors} <= set(tree.links)


def test_the_summary_holds_the_numbers_of_the_tables(page, written):
    results = open_results(written)
    summary = re.search(r'<p class="summary">(.*?)</p>', page, flags=re.DOTALL)[1]
    found = results.table("associations").filter(pl.col("q_value") < 0.05).height
    assert f"; {found} with q &lt; 0.05." in summary
    assert f"and {results.table('ledger').height} tests" in summary
    assert "240 participants in 2 arms (randomised)." in summary


def test_every_association_is_in_the_table_of_the_page(page, written):
    rows = open_results(written).table("associations").height
    block = re.search(r"<caption>Every association</caption>.*?</table>", page, flags=re.DOTALL)[0]
    assert block.count("<tr>") == rows + 1


def test_the_same_results_give_the_same_bytes(results, written, tmp_path):
    again = tmp_path / "again"
    shutil.copytree(results, again)
    write_report(again)
    for name in ("report.html", "results.json", "tables.xlsx"):
        assert (again / name).read_bytes() == (written / name).read_bytes()


def test_the_twin_holds_every_table_with_six_digits(written):
    twin = json.loads((written / "results.json").read_text(encoding="utf-8"))
    results = open_results(written)
    bins = {"gate_histograms", "batch_densities", "response_densities", "stimulation_responses"}
    clones = {"rarefaction", "clone_ranks", "gene_usage", "clone_changes", "clone_tracking",
              "receptor_clusters"}  # fmt: skip
    assert set(twin["tables"]) == set(RESULT_TABLES) - {"features"} - bins - clones
    frame = results.table("associations")
    assert list(twin["tables"]["associations"]) == frame.columns
    for mine, theirs in zip(
        twin["tables"]["associations"]["estimate"], frame["estimate"].to_list(), strict=True
    ):
        assert mine == (None if theirs is None else float(f"{theirs:.6g}"))
    assert twin["run"] == results.run


def test_the_curves_of_the_twin_are_lines(written):
    curves = json.loads((written / "results.json").read_text(encoding="utf-8"))["tables"]["curves"]
    frame = open_results(written).table("curves")
    assert sum(len(points) for points in curves["x"]) == frame.height
    assert [len(points) for points in curves["x"]] == [len(points) for points in curves["y"]]


def test_the_workbook_holds_texts_and_no_formulas(written):
    book = CalamineWorkbook.from_path(written / "tables.xlsx")
    rows = book.get_sheet_by_name("Associations").to_python()
    frame = open_results(written).table("associations")
    assert rows[0] == frame.columns
    assert [row[0] for row in rows[1:]] == frame["feature"].to_list()
    assert '=HYPERLINK("x")' in {row[0] for row in rows}
    assert rows[1][5] == pytest.approx(frame["estimate"][0], rel=1e-15)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_no_spreadsheet_has_is_an_empty_cell(written, tmp_path, value):
    source = read_source(written)
    frame = source.tables["associations"].with_columns(p_value=pl.lit(value))
    tables = {**source.tables, "associations": frame}
    path = write_workbook(replace(source, tables=tables), tmp_path)
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Associations").to_python()
    assert {row[rows[0].index("p_value")] for row in rows[1:]} == {""}


def test_figures_are_written_one_file_each_and_parse_as_xml(written, tmp_path):
    from xml.etree import ElementTree

    n = write_figures(written, tmp_path / "figures")
    files = sorted((tmp_path / "figures").iterdir())
    assert n == len(files) == 58
    for file in files:
        root = ElementTree.parse(file).getroot()
        names = [child.tag.split("}")[1] for child in root]
        assert names[:3] == ["title", "desc", "style"]
        assert root[0].text
        assert root[1].text


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(ResultsError, match=r"run\.json is missing"):
        write_report(tmp_path)


def test_a_run_without_any_table_still_gives_a_page(results, tmp_path):
    (tmp_path / "run.json").write_text('{"version": "0.0.test"}', encoding="utf-8")
    page = write_report(tmp_path).read_text(encoding="utf-8")
    assert "No test was run." in page
    parsed = Tree()
    parsed.feed(page)
    assert {link.removeprefix("#") for link in parsed.links} <= set(parsed.ids)


def test_a_study_of_odd_values_still_gives_a_page(tmp_path):
    study = {
        "name": None, "n_participants": "many", "arms": ["A"], "age": {"median": None},
        "sex": {"female": None}, "endpoints": [{"id": "os"}, 3], "baseline_window_days": [1],
        "landmarks_days": None, "strata": None,
    }  # fmt: skip
    record = {"version": "0.0.test", "study": study, "methods": None, "inputs": [{}]}
    (tmp_path / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert "overall survival" in write_report(tmp_path).read_text(encoding="utf-8")


def test_estimates_without_interval_or_number_are_shown_as_missing(results, tmp_path):
    folder = tmp_path / "gaps"
    shutil.copytree(results, folder)
    frame = open_results(folder).table("associations")
    gaps = frame.with_columns(
        pl.lit(None).cast(pl.Float64).alias(name)
        for name in ("estimate", "ci_low", "ci_high", "p_value", "q_value")
    ).with_columns(pl.lit("no variation").alias("status"))
    save_table(folder, "associations", gaps)
    save_table(folder, "curves", empty("curves"))
    page = write_report(folder).read_text(encoding="utf-8")
    assert 'class="fig forest"' not in page
    assert page.count("no variation") >= frame.height


def test_a_report_that_cannot_be_written_is_a_results_error(results, tmp_path):
    folder = tmp_path / "blocked"
    shutil.copytree(results, folder)
    (folder / "report.html").mkdir()
    with pytest.raises(ResultsError, match="cannot be written"):
        write_report(folder)
