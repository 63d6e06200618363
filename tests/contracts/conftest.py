"""The source tree as the contracts read it."""

import ast
import importlib.util
from pathlib import Path

import pytest

import macroimmune

PACKAGE = Path(macroimmune.__file__).parent
PROJECT = Path(__file__).parents[2]


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.fixture(scope="session")
def project() -> Path:
    """Return the root of the repository."""
    return PROJECT


@pytest.fixture(scope="session")
def modules() -> dict[str, ast.Module]:
    """Return the parsed source of every module by its name."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


@pytest.fixture(scope="session")
def packages() -> dict[str, ast.Module]:
    """Return the parsed `__init__.py` of every package by its name."""
    paths = sorted(PACKAGE.rglob("__init__.py"))
    return {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


@pytest.fixture(scope="session")
def generate():
    """Return `docs/generate.py` as a module."""
    spec = importlib.util.spec_from_file_location("generate", PROJECT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
