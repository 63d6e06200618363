"""The notebook runs from top to bottom and is kept without outputs."""

import nbformat
import pytest
from nbclient import NotebookClient

import macroimmune

VERBS = ("open_study", "check", "compute_features", "associate", "run")


@pytest.fixture(scope="module")
def notebook(project):
    return nbformat.read(project / "notebooks" / "first_study.ipynb", as_version=4)


def test_the_notebook_is_kept_without_outputs(notebook):
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


def test_the_notebook_shows_the_five_calls_in_order(notebook):
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    places = [text.index(f"mi.{verb}(") for verb in VERBS]
    assert places == sorted(places)
    assert set(VERBS) <= set(macroimmune.__all__)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
def test_the_notebook_runs(notebook, project, tmp_path, monkeypatch):
    # The kernel is a process of its own; it takes the path of the sources from its environment.
    monkeypatch.setenv("PYTHONPATH", str(project / "src"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    run = NotebookClient(notebook.copy(), timeout=120, kernel_name="python3").execute(cwd=tmp_path)
    last = [cell for cell in run.cells if cell.cell_type == "code"][-1]
    assert last.outputs[-1]["data"]["text/plain"] == "200"
