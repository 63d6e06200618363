"""The pages that people read say what the program does now."""

import re
import shlex

import pytest
import typer.main

from macroimmune.cli.main import app
from macroimmune.results import RESULT_TABLES
from macroimmune.schema import TABLES
from macroimmune.simulator.troubles import TROUBLES

NETWORK = re.compile(
    r"""(?:src|href)\s*=\s*["']?(?:https?:)?//|@import|(?<![\w.])url\(\s*["']?(?!data:|\#)|fetch\("""
    r"""|XMLHttpRequest|WebSocket|sendBeacon|navigator\.connection|import\(""",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def page(project) -> str:
    return (project / "docs" / "reference.md").read_text(encoding="utf-8")


def test_the_reference_page_is_what_the_program_writes_now(page, generate):
    assert page == generate.reference(), "run: make docs"


def test_every_trouble_is_on_the_page(page):
    section = page.partition("## Troubles of a virtual study\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([a-z0-9-]+)` \|", section, re.MULTILINE) == list(TROUBLES)


@pytest.mark.parametrize("name", RESULT_TABLES)
def test_every_result_table_and_column_is_on_the_page(page, name):
    section = page.partition(f"### `{RESULT_TABLES[name].file}` ({name})\n")[2].partition("\n#")[0]
    listed = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert listed == list(RESULT_TABLES[name].columns)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_and_column_of_a_study_is_on_the_page(page, name):
    section = page.partition(f"### `{name}`\n")[2].partition("\n#")[0]
    listed = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert listed == [column.name for column in TABLES[name].columns]


def test_every_row_of_every_table_has_the_cells_of_its_header(page):
    blocks = re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE)
    assert blocks
    for block in blocks:
        widths = {len(re.split(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1, block


def commands_in(text: str) -> set[str]:
    quoted = re.findall(r"`([^`\n]+)`", re.sub(r"```\w*\n", "", text))
    found = {part.removeprefix(".venv/bin/") for part in quoted}
    return {part for part in found if part.startswith("macroimmune ")}


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_every_command_that_a_page_names_exists(project, file):
    for line in commands_in((project / file).read_text(encoding="utf-8")):
        command = typer.main.get_command(app)
        words = shlex.split(line)[1:]
        while words and hasattr(command, "commands"):
            if words[0].startswith("-"):
                break
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        known.add("--help")
        assert {word for word in words if word.startswith("--")} <= known, line


def test_the_readme_names_commands_and_files_that_are_there(project):
    text = (project / "README.md").read_text(encoding="utf-8")
    assert len(commands_in(text)) >= 5
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (project / target).exists(), target


def test_every_task_that_a_page_names_is_in_the_makefile(project):
    tasks = set(re.findall(r"^([a-z-]+):", (project / "Makefile").read_text("utf-8"), re.MULTILINE))
    for file in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"):
        text = (project / file).read_text(encoding="utf-8")
        assert set(re.findall(r"`make ([a-z-]+)`", text)) <= tasks, file


def test_the_page_of_results_asks_nothing_of_the_network(project):
    folder = project / "src" / "macroimmune" / "report" / "templates"
    files = [path for path in folder.iterdir() if path.is_file()]
    assert files
    for path in files:
        found = NETWORK.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.name}: {found}"


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://x.y/z.js">',
        "<link href=//x.y/z.css>",
        "@import 'x'",
        "a{b:url(font.woff)}",
    ],
)
def test_a_network_resource_would_be_seen(text):
    assert NETWORK.search(text)
