"""The page of the acceptance test shows every claim, the score and what guessing reaches."""

import importlib.util
import re
import shutil
from pathlib import Path

import pytest

from macroimmune.errors import ResultsError
from macroimmune.report import write_figures, write_report
from macroimmune.report.mechanism import ComparedTarget, compared_targets, write_claims_page
from macroimmune.report.mechanism.ablation_figure import ablation_figure
from macroimmune.report.mechanism.pass_histogram_figure import pass_histogram_figure
from macroimmune.report.mechanism.score_figure import score_figure
from macroimmune.report.mechanism.target_figure import target_figure
from macroimmune.results import save_table


@pytest.fixture(scope="module")
def made():
    path = Path(__file__).with_name("model_tables.py")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(made, tmp_path_factory):
    folder = made.write_tables(tmp_path_factory.mktemp("claims") / "out", made.model_tables())
    targets = [ComparedTarget("cells <all>", "10^9 cells", "measured", "A 2020", 9, 8, 10, 12)]
    return write_claims_page(folder, targets=targets).read_text(encoding="utf-8")


def test_the_score_stands_beside_guessing(page):
    assert "18 of 30 groups of claims pass (60 %)" in page
    assert "constant direction reaches 40 %" in page
    assert "shuffled directions 35 % on average and 52 %" in page


def test_the_disc_is_at_the_score_and_the_line_spans_the_shuffled(made):
    rows = made.model_tables()["model_scores"].to_dicts()
    figure = score_figure("x", rows, title="t")
    across = [560 + 8.6 * row["score"] for row in rows]
    discs = re.findall(r'd="M(\d+) \d+h0" class="point big"><title>', figure.body)
    assert [int(x) for x in discs] == [pytest.approx(x, abs=1) for x in across]
    assert f"M{560 + 8.6 * 35:.0f} " in figure.body
    assert figure.body.count('class="guess"') == len(rows) + 1
    assert "Resection: 9 of 10 groups (90 %)" in figure.description


def test_every_claim_has_its_verdict_and_failing_ones_their_mechanism(page):
    table = re.search(r"<caption>Claims</caption>.*?</table>", page, flags=re.DOTALL)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1], flags=re.DOTALL)
    cells = [[re.sub(r"<[^>]+>", "", c) for c in re.findall(r"<t[hd].*?</t[hd]>", r)] for r in rows]
    assert len(cells) == 30
    verdicts = [row[3] for row in cells]
    assert [verdicts.count(word) for word in ("passes", "fails", "not evaluated")] == [18, 8, 4]
    assert cells[0][0] == "PMN-MDSC &lt;number&gt; 0 in blood rises in tumour hosts (C000)"
    assert cells[0][8] == "no &lt;tissue&gt; niche"
    assert cells[1][4:8] == ["up, day 14", "up", "2", "15"]


def test_claims_are_chosen_by_section_kind_and_verdict(page):
    assert 'data-filter data-choices="1 2 3"' in page


def test_what_is_missing_is_counted(page):
    table = re.search(r"<caption>What is missing.*?</table>", page, flags=re.DOTALL)[0]
    assert re.search(r"no &lt;tissue&gt; niche</th><td class=\"n \">8</td>", table)


def test_the_page_needs_no_other_file_and_says_once_what_it_is(page):
    assert not re.search(r"""(src|href)=["'](?!#|data:,)""", page)
    assert page.count("For research, not for diagnosis") == 1
    assert not re.search(r"\b(nan|NaN|inf|None)\b", page.split("<script>")[0])


def test_draws_and_ablations_are_left_out_where_there_are_none(made, tmp_path):
    tables = made.model_tables()
    folder = made.write_tables(
        tmp_path, {name: tables[name] for name in ("model_claims", "model_scores")}
    )
    text = write_claims_page(folder).read_text(encoding="utf-8")
    assert "How firm it is" not in text
    assert 'id="calibration"' not in text
    assert '<th scope="col" class="n">Draws' not in text.split("<caption>Claims</caption>")[1]


def test_a_missing_table_is_told_with_the_command(tmp_path):
    with pytest.raises(ResultsError, match=r"model_claims.csv is missing; macroimmune simulate"):
        write_claims_page(tmp_path)


def test_every_claim_is_in_one_bar_of_the_histogram():
    figure = pass_histogram_figure("x", [0.0, 0.05, 0.5, 1.0], 20)
    bars = re.findall(r"<title>[\d.]+ to [\d.]+: (\d) claim", figure.body)
    assert [int(n) for n in bars] == [2, 1, 1]
    assert "median share of draws that pass 0.28" in figure.description


def test_lost_groups_lie_left_and_gained_ones_right(made):
    rows = made.model_tables()["model_ablations"].filter(section="all").to_dicts()
    body = ablation_figure("x", rows).body
    lost = [
        int(b) - int(a) for a, b in re.findall(r'd="M(\d+) \d+H(\d+)v30H\d+z" class="g2"', body)
    ]
    gained = [
        int(b) - int(a) for a, b in re.findall(r'd="M(\d+) \d+H(\d+)v30H\d+z" class="g0"', body)
    ]
    assert lost[1] == pytest.approx(3 * lost[0], abs=2)
    assert all(n < 0 for n in lost)
    assert all(n > 0 for n in gained)


def test_a_target_outside_its_range_is_hollow():
    rows = [
        ComparedTarget("a", "1", "measured", "s", 1.0, 0.5, 2.0, 1.5),
        ComparedTarget("b", "1", "measured", "s", 1.0, 0.5, 2.0, 4.0),
        ComparedTarget("c", "1", "measured", "s", 1.0, 0.5, 2.0, None),
    ]
    figure = target_figure("x", rows)
    assert figure.body.count('class="f0"') == figure.body.count('class="f0 ring"') == 1
    assert "– (1, 0.5 to 2)" in figure.body
    assert "1 within" in figure.description


def test_every_calibration_target_is_compared_with_the_model():
    from macroimmune.mechanism.fitting import targets

    found = compared_targets()
    assert [one.meaning for one in found] == [one.meaning for one in targets()]
    assert all(one.model is None or one.model > 0 for one in found)
    assert sum(one.model is not None for one in found) > len(found) / 2


@pytest.fixture
def study(results, made, tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(results, folder)
    for name, frame in made.model_tables().items():
        save_table(folder, name, frame)
    return folder


def test_a_study_from_the_model_says_so_in_its_report(results, study, tmp_path):
    text = write_report(study).read_text(encoding="utf-8")
    section = re.search(r'<section id="model">.*?</section>', text, flags=re.DOTALL)[0]
    assert "they follow a mechanistic model" in section
    assert "<caption>Claims</caption>" in section
    write_figures(study, tmp_path / "figures")
    assert (tmp_path / "figures" / "model-score.svg").is_file()


def test_other_studies_do_not_speak_of_a_model(results, tmp_path):
    folder = tmp_path / "results"
    shutil.copytree(results, folder)
    assert '<section id="model">' not in write_report(folder).read_text(encoding="utf-8")


def test_sensitivity_beside_the_claims_is_drawn_strongest_first(made, tmp_path):
    folder = made.write_tables(tmp_path, made.model_tables())
    rows = ["output,parameter,effect,effect_ci_low,effect_ci_high,signed,spread,status"]
    rows += [f"blood_PMN,stay_{k},{k / 10},{k / 20},{k / 5},0.1,0.1," for k in range(20)]
    (folder / "model_sensitivity_morris.csv").write_text("\n".join(rows), encoding="utf-8")
    text = write_claims_page(folder).read_text(encoding="utf-8")
    section = re.search(r'<section id="sensitivity">.*?</section>', text, flags=re.DOTALL)[0]
    assert re.findall(r">(stay_\d+)<", section) == [f"stay_{k}" for k in range(19, 7, -1)]
    ends = [int(x) for x in re.findall(r"H(\d+)v24H400z", section)]
    assert ends == sorted(ends, reverse=True)
    assert "12 of 20 parameters. Source: runs of the model" in section
