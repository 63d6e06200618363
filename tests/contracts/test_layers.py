"""Imports point only downwards; the list of layers stands in pyproject.toml."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

CALL = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"


def test_no_import_climbs(project):
    done = subprocess.run(
        [sys.executable, "-c", CALL, "--no-cache"],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_every_package_has_its_layer(project):
    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = (item for item in contracts if item["type"] == "layers")
    assert layers["exhaustive"] is True
    named = {name.strip("() ") for line in layers["layers"] for name in line.split("|")}
    package = Path(project / "src" / "macroimmune")
    there = {path.name for path in package.iterdir() if (path / "__init__.py").exists()}
    there |= {path.stem for path in package.glob("*.py")} - {"__init__"}
    assert there <= named


def distributions(lines) -> set[str]:
    return {re.match(r"[A-Za-z0-9_-]+", line).group().replace("-", "_") for line in lines}


def test_nothing_is_imported_at_run_time_that_is_not_declared(project, modules):
    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # markupsafe is a part of jinja2 that has its own name.
    allowed = distributions(settings["dependencies"])
    allowed |= {"macroimmune", "markupsafe", *sys.stdlib_module_names}
    # What only an extra installs is imported where it is used, never with the module.
    extras = distributions(chain.from_iterable(settings["optional-dependencies"].values()))
    # Some are imported by another name than they are installed by.
    extras |= {"roadrunner", "SALib", "basico"}
    found = {
        (name, imported.partition(".")[0], node in tree.body)
        for name, tree in modules.items()
        for node in ast.walk(tree)
        for imported in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    outside = {(name, root, at_top) for name, root, at_top in found if root not in allowed}
    assert {item for item in outside if item[2] or item[1] not in extras} == set()
