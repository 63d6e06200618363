"""Sources with repertoires: of templates, of reads, and none."""

import dataclasses
import importlib.util
from pathlib import Path

import pytest

from macroimmune.report.source import read_source


@pytest.fixture(scope="session")
def frames():
    """The module that makes tables of repertoires."""
    path = Path(__file__).with_name("repertoire_frames.py")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def without(results):
    """Results without any repertoire."""
    return read_source(results)


@pytest.fixture(scope="session")
def measured(without, frames):
    """Four participants with blood at three days and a tumour; templates are counted."""
    return dataclasses.replace(without, tables={**without.tables, **frames.repertoire_tables()})


@pytest.fixture(scope="session")
def of_reads(without, frames):
    """The same of reads: how many cells were sampled is not known."""
    tables = frames.repertoire_tables(counted="reads")
    return dataclasses.replace(without, tables={**without.tables, **tables})
