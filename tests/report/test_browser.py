"""The page in a real browser: no sideways scroll on a phone, working sort, filter and links."""

import html
import re
import shutil
import subprocess

import pytest

from macroimmune.report import write_report
from macroimmune.results import save_table

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def page(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser") / "results"
    shutil.copytree(results, folder)
    return write_report(folder).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def stimulated_page(results, made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser") / "stimulated"
    shutil.copytree(results, folder)
    for name, frame in made.response_tables(n_donors=40).items():
        save_table(folder, name, frame)
    return write_report(folder).read_text(encoding="utf-8")


def run(folder, markup):
    """Load `markup`; return what its script left in the attribute data-probe."""
    file = folder / "probe.html"
    file.write_text(markup, encoding="utf-8")
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         f"--user-data-dir={folder}/profile", "--window-size=1200,900",
         "--virtual-time-budget=5000", "--dump-dom", file.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return html.unescape(re.search(r'<html[^>]* data-probe="([^"]*)"', done.stdout)[1])


def with_script(page, script):
    probe = f"<script>addEventListener('load',()=>{{{script}}});</script>"
    return page.replace("</body>", f"{probe}</body>")


def test_a_phone_needs_no_sideways_scroll(stimulated_page, tmp_path):
    opened = stimulated_page.replace(
        '<details class="biomarker">', '<details class="biomarker" open>'
    )
    frame = (
        '<!DOCTYPE html><html lang="en"><body>'
        '<iframe style="width:390px;height:800px;border:0" '
        f'srcdoc="{html.escape(opened, quote=True)}"></iframe>'
        "<script>addEventListener('load',()=>{const d=document.querySelector('iframe')"
        ".contentDocument;d.querySelectorAll('details').forEach(p=>p.open=true);"
        "d.head.append(Object.assign(d.createElement('style'),{textContent:"
        "'main>section,.box.tall,.biomarker{content-visibility:visible!important}'}));"
        "document.documentElement.dataset.probe=d.scrollingElement.clientWidth+' '"
        "+d.scrollingElement.scrollWidth+' '+(d.scrollingElement.scrollHeight>9000)});</script>"
        "</body></html>"
    )
    visible, needed, is_laid_out = run(tmp_path, frame).split()
    assert int(needed) <= int(visible) <= 390
    assert is_laid_out == "true"


def test_sorting_puts_numbers_in_order_and_missing_ones_last(page, tmp_path):
    script = """
    const table = document.querySelector("[data-filter] table");
    const heads = [...table.tHead.rows[0].cells];
    const index = heads.findIndex((h) => h.textContent.trim() === "Estimate");
    heads[index].querySelector("button").click();
    document.documentElement.dataset.probe =
      [...table.tBodies[0].rows].map((r) => r.cells[index].textContent).join(" ");
    """
    shown = run(tmp_path, with_script(page, script)).split()
    assert shown[-1] == "–"
    numbers = [float(text) for text in shown[:-1]]
    assert numbers == sorted(numbers)
    assert len(numbers) == 24


def test_the_filter_leaves_the_rows_that_hold_every_word(page, tmp_path):
    script = """
    const box = document.querySelector("input[type=search]");
    box.value = "nlr pfs";
    box.dispatchEvent(new Event("input"));
    const table = document.querySelector("[data-filter] table");
    document.documentElement.dataset.probe =
      table.querySelectorAll("tbody tr:not([hidden])").length;
    """
    assert run(tmp_path, with_script(page, script)) == "1"


def test_a_link_of_the_table_opens_its_biomarker(page, tmp_path):
    script = """
    document.querySelector('[data-filter] a[href="#biomarker-nlr"]').click();
    setTimeout(() => { document.documentElement.dataset.probe =
      document.getElementById("biomarker-nlr").closest("details").open; }, 300);
    """
    assert run(tmp_path, with_script(page, script)) == "true"


def test_the_page_runs_without_errors(page, tmp_path):
    catcher = "<script>onerror=(m)=>{document.documentElement.dataset.probe='error: '+m}</script>"
    script = """
    document.querySelectorAll("details").forEach((part) => { part.open = true; });
    const figure = document.querySelector(".kaplan-meier");
    const place = figure.getBoundingClientRect();
    figure.dispatchEvent(new PointerEvent("pointermove",
      { clientX: place.left + place.width / 3, clientY: place.top + 50 }));
    const root = document.documentElement;
    setTimeout(() => { root.dataset.probe ??= figure.nextSibling.textContent; }, 300);
    """
    markup = with_script(page, script).replace("<head>", f"<head>{catcher}")
    assert re.fullmatch(r"Month \d+\.\d: Arm A \d+ %, Arm B \d+ %", run(tmp_path, markup))
