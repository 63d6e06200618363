"""Repertoires through the stages: tables, methods, and studies that list none."""

import polars as pl
import pytest

import macroimmune as mi
from macroimmune.datasets import write_study
from macroimmune.errors import StudyError
from macroimmune.results import RESULT_TABLES, empty
from macroimmune.study import RepertoireSettings
from macroimmune.workflow.repertoire_methods import repertoire_methods


def test_a_study_without_repertoires_is_refused_with_the_sections_to_write(frames):
    study = mi.study_from_frames("five", **frames)
    with pytest.raises(StudyError, match=r"\[repertoires\].*\[clonotypes\]"):
        mi.measure_repertoires(study)


def _listed(counted: str, *, known: bool) -> pl.DataFrame:
    schema = RESULT_TABLES["repertoires"].schema
    row = {"counted": counted, "is_sampling_known": known, "clonotype": "TRB: CDR3, V and J gene"}
    return pl.DataFrame([row], schema=schema)


def test_methods_tell_of_reads_what_cannot_be_said_and_of_templates_what_was_done():
    settings = RepertoireSettings()
    reads = " ".join(repertoire_methods({"repertoires": _listed("reads", known=False)}, settings))
    templates = repertoire_methods({"repertoires": _listed("templates", known=True)}, settings)
    assert "number of cells sampled is not known" in reads
    assert "rarefied" not in reads
    assert "rarefied and extrapolated" in " ".join(templates)
    assert repertoire_methods({"repertoires": empty("repertoires")}, settings) == ()


@pytest.mark.data
def test_measures_of_reads_have_no_expansion_and_no_novelty(tmp_path):
    write_study("iokin-tcr", tmp_path)
    measured = mi.measure_repertoires(tmp_path)
    assert measured.tables["repertoires"].height == 56
    assert not measured.tables["repertoires"]["is_sampling_known"].any()
    turnover = measured.tables["repertoire_turnover"]
    assert turnover["mean_percent"].is_between(80.0, 95.0).all()
