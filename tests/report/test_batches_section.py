"""The section of batches says what the two tables say, and nothing where they are empty."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from macroimmune.report.batches_section import batch_figures, batches_section
from macroimmune.report.source import read_source
from macroimmune.results import RESULT_TABLES, conform

CONTROLS, SAMPLES = "bridging controls", "unstimulated samples"


@pytest.fixture(scope="module")
def silent(results):
    return read_source(results)


def effect(antigen, step, distance, measured_on=CONTROLS, null=0.1, **others):
    return {
        "panel": "CyTOF", "antigen": antigen, "measured_on": measured_on, "step": step,
        "n_files": 6, "n_batches": 3, "distance": distance, "null_distance": null,
        "variance_share": 0.4, "p_value": 0.02, "status": "",
    } | others  # fmt: skip


def densities(antigens, steps, measured_on=CONTROLS):
    return [
        {
            "panel": "CyTOF", "antigen": antigen, "measured_on": measured_on, "batch": batch,
            "step": step, "x": x, "density": 0.2,
        }
        for antigen in antigens for step in steps for batch in ("B1", "B2")
        for x in np.linspace(0, 5, 8)
    ]  # fmt: skip


def with_rows(source, effects, curves):
    tables = {}
    for name, rows in (("batch_effects", effects), ("batch_densities", curves)):
        columns = RESULT_TABLES[name].schema
        filled = [dict.fromkeys(columns) | row for row in rows]
        tables[name] = conform(name, pl.DataFrame(filled, schema=columns))
    return dataclasses.replace(source, tables={**source.tables, **tables})


@pytest.fixture(scope="module")
def source(silent):
    effects = [
        effect("CD3", "before", 0.4),
        effect("CD3", "after", 0.1, status="judged on the files it was learned from"),
        effect("CD4", "before", 0.2),
        effect("CD4", "after", 0.1),
        effect("pSTAT1", "before", 0.9),
        effect("CD3", "before", 0.3, SAMPLES, null=None, status="one tube or donor per batch"),
    ]
    curves = densities(["CD3", "CD4"], ["before", "after"]) + densities(
        ["CD3"], ["before"], SAMPLES
    )
    return with_rows(silent, effects, curves)


def texts(table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def test_where_nothing_was_measured_there_is_no_section(silent):
    nothing = with_rows(silent, [], [])
    assert batches_section(nothing) is None
    assert batch_figures(nothing) == ()


def test_means_before_and_after_are_of_the_same_markers(source):
    # The state marker is no part of what was aligned.
    assert batches_section(source).told == (
        "CyTOF, 2 markers on bridging controls: mean distance between batches 0.30 before and 0.10 "
        "after alignment; between files of one batch 0.10 before.",
        "CyTOF, 1 marker on unstimulated samples: mean distance between batches 0.30.",
    )


def test_every_marker_has_a_row_with_both_steps_and_how_to_read_it(source):
    rows = texts(batches_section(source).rows)
    assert [row[1] for row in rows] == ["CD3", "CD4", "pSTAT1", "CD3"]
    assert rows[0][3:] == [
        "6", "3", "0.400", "0.100", "0.100", "0.400", "0.400", "0.0200",
        "judged on the files it was learned from",
    ]  # fmt: skip
    assert rows[2][6] == "–"
    assert rows[3][-1] == "one tube or donor per batch"


def test_each_panel_has_one_figure_of_the_controls_where_it_has_them(source):
    [part] = batch_figures(source)
    assert part.heading == "CyTOF: bridging controls"
    assert "2 lineage markers" in part.figure.description


def test_a_panel_without_controls_is_drawn_from_its_samples(silent):
    alone = with_rows(
        silent, [effect("CD3", "before", 0.3, SAMPLES)], densities(["CD3"], ["before"], SAMPLES)
    )
    [part] = batch_figures(alone)
    assert part.heading == "CyTOF: unstimulated samples"
