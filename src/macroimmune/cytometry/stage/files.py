"""The FCS files of a study, each with whose it is, its panel, its well and its batch."""

import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from macroimmune.cytometry.cytometry_file import CytometryFile
from macroimmune.study import Study

__all__ = ["cytometry_files", "file_columns"]


def cytometry_files(study: Study) -> tuple[CytometryFile, ...]:
    """Return the FCS files that the study lists, bridging controls last."""
    samples = study.tables["samples"]
    materials = {
        str(sample): _material(str(material or ""))
        for sample, material in zip(samples["sample_id"], samples["material"], strict=True)
    }
    return tuple(
        _file(row, study.folder, materials)
        for name in ("cytometry", "cytometry_controls")
        for row in study.tables.get(name, pl.DataFrame()).iter_rows(named=True)
    )


def _material(words: str) -> str:
    """Return the material of a sample as definitions know it.

    Examples
    --------
    >>> _material("cryopreserved PBMC"), _material("blood"), _material("serum")
    ('PBMC', 'whole blood', '')
    """
    if re.search(r"(?i)pbmc|mononuclear", words):
        return "PBMC"
    return "whole blood" if re.search(r"(?i)whole.?blood|^blood$", words) else ""


def _file(row: Mapping[str, object], folder: Path, materials: Mapping[str, str]) -> CytometryFile:
    def text(name: str) -> str:
        value = row.get(name)
        return "" if value is None else str(value)

    def number(name: str) -> float | None:
        value = row.get(name)
        return float(value) if isinstance(value, int | float) else None

    return CytometryFile(
        path=folder / text("raw_file"),
        raw_file=text("raw_file"),
        panel=text("panel"),
        batch=text("batch"),
        participant_id=text("participant_id"),
        sample_id=text("sample_id"),
        days_from_treatment_start=number("days_from_treatment_start"),
        compartment=text("compartment"),
        material=materials.get(text("sample_id"), ""),
        stimulus=text("stimulus"),
        stimulus_minutes=number("stimulus_minutes"),
        control=text("control"),
        workspace=text("workspace"),
        labels=text("labels"),
        stimulus_dose=number("stimulus_dose"),
        stimulus_dose_unit=text("stimulus_dose_unit"),
    )


def file_columns(file: CytometryFile) -> dict[str, str | float | None]:
    """Return the columns that say in every table of cytometry which file a row is of."""
    return {
        "participant_id": file.participant_id,
        "sample_id": file.sample_id,
        "raw_file": file.raw_file,
        "panel": file.panel,
        "stimulus": file.stimulus,
        "stimulus_minutes": file.stimulus_minutes,
        "batch": file.batch,
    }
