"""The figure of batches draws every marker and batch inside its box, furthest apart first."""

import re
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest

from macroimmune.report.batch_figure import batch_figure
from macroimmune.report.svg import standalone
from macroimmune.results import conform


def tables(distances, batches=("B1", "B2"), steps=("before", "after"), null=0.05):
    """Return rows of the two tables; distance by marker, halved by alignment."""
    key = {"panel": "CyTOF <1>", "measured_on": "bridging controls"}
    x = np.linspace(-1, 6, 72)
    densities = [
        {**key, "antigen": antigen, "batch": batch, "step": step, "x": at, "density": height}
        for antigen in distances
        for step in steps
        for shift, batch in enumerate(batches)
        for at, height in zip(x, np.exp(-((x - shift / 10) ** 2)), strict=True)
    ]
    effects = [
        {
            **key, "antigen": antigen, "step": step, "n_files": 6, "n_batches": len(batches),
            "distance": distance / (1 + place), "null_distance": null, "variance_share": 0.5,
            "p_value": 0.1, "status": "",
        }
        for antigen, distance in distances.items()
        for place, step in enumerate(steps)
    ]  # fmt: skip
    return conform("batch_densities", pl.DataFrame(densities)), conform(
        "batch_effects", pl.DataFrame(effects)
    )


def words(figure) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", figure.body)


def test_markers_whose_batches_lie_furthest_apart_come_first_with_both_distances():
    figure = batch_figure("b", *tables({"CD4": 0.1, "CD3": 0.4}))
    shown = words(figure)
    assert shown.index("CD3") < shown.index("CD4")
    assert {"0.40 → 0.20", "0.10 → 0.05", "(0.05)", "B1", "B2"} <= set(shown)
    assert {"Before alignment", "After alignment"} <= set(shown)
    assert "n = 6" in figure.description
    assert "CD3 0.40 to 0.20; CD4 0.10 to 0.05" in figure.description


def test_every_batch_has_a_line_for_every_marker_and_step_and_a_look_of_its_own():
    figure = batch_figure("b", *tables({"CD4": 0.1, "CD3": 0.4}, ("B1", "B2", "B3")))
    for place, batch in enumerate(("B1", "B2", "B3")):
        # Four curves and the key.
        assert figure.body.count(f'class="k{place}"') == 5
        assert figure.body.count(f"<title>{batch}</title>") == 4


def test_more_batches_than_looks_are_lines_alike_and_counted():
    names = [f"B{place}" for place in range(9)]
    figure = batch_figure("b", *tables({"CD3": 0.4}, names))
    assert "9 batches, one line each" in words(figure)
    assert figure.body.count('class="hair"') == 18


def test_without_alignment_there_is_one_column_that_says_so():
    figure = batch_figure("b", *tables({"CD3": 0.4}, steps=("before",)))
    assert "Not aligned" in words(figure)
    assert "0.40" in words(figure)
    assert figure.title == "Batches of panel CyTOF <1>, not aligned"


def test_a_distance_that_was_not_measured_is_said_to_be_not_known():
    assert "(not known)" in words(batch_figure("b", *tables({"CD3": 0.4}, null=None)))


@pytest.mark.parametrize("steps", [("before",), ("before", "after")])
def test_it_stands_as_a_file_of_its_own_with_all_lines_inside(steps):
    figure = batch_figure("b", *tables({"CD3": 0.4, "HLA-DR": 0.2}, steps=steps))
    ElementTree.fromstring(standalone(figure))
    starts = [(int(x), int(y)) for x, y in re.findall(r'd="M(-?\d+) (-?\d+)', figure.body)]
    assert all(0 <= x <= figure.width and 0 <= y <= figure.height for x, y in starts)
