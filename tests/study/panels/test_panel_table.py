"""The study's table of panels wins over the labels of a file; what it leaves open they say."""

import numpy as np
import polars as pl
import pytest

from macroimmune.formats import FcsHeading, read_fcs_head, write_fcs
from macroimmune.schema import TABLES
from macroimmune.study.panels import panel_of

NAMES = ("Time", "Nd145Di", "FJComp-PE-A", "B525-A", "I127Di")
LABELS = ("", "145Nd_CD4", "CD8", "my word", "")


@pytest.fixture(scope="module")
def head(tmp_path_factory):
    path = tmp_path_factory.mktemp("panel") / "a.fcs"
    write_fcs(path, np.ones((2, len(NAMES)), np.float32), FcsHeading(NAMES, LABELS))
    return read_fcs_head(path)


def table(*rows):
    schema = TABLES["panels"].schema
    filled = [dict.fromkeys(schema) | row for row in rows]
    return pl.DataFrame(filled, schema=schema)


def channels(panel):
    return [(one.antigen, one.role) for one in panel.channels]


FROM_HEAD = [("", "time"), ("CD4", "lineage"), ("CD8", "lineage"), ("my word", "other"),
             ("", "other")]  # fmt: skip


def test_without_rows_the_file_speaks(head):
    assert channels(panel_of("a", table(), head)) == FROM_HEAD
    other = table({"panel": "b", "channel": "B525-A", "antigen": "CD19"})
    assert channels(panel_of("a", other, head)) == FROM_HEAD


@pytest.mark.parametrize("channel", ["B525-A", "b525.a", "my word", "My Word"])
def test_a_channel_is_found_by_its_detector_or_its_label(head, channel):
    panel = panel_of("a", table({"panel": "A", "channel": channel, "antigen": "CD279"}), head)
    assert channels(panel)[3] == ("PD1", "state")
    assert [one.channel for one in panel.channels] == list(NAMES)


def test_compensated_and_mass_channels_are_found_by_their_plain_names(head):
    rows = table({"channel": "PE-A", "antigen": "CD3"}, {"channel": "nd145", "antigen": "CD14"})
    assert channels(panel_of("any", rows, head))[1:3] == [("CD14", "lineage"), ("CD3", "lineage")]


def test_what_a_row_leaves_empty_is_what_the_file_and_the_vocabulary_say(head):
    rows = table(
        {"panel": "a", "channel": "Nd145Di", "role": "state"},
        {"panel": "a", "channel": "B525-A", "role": "lineage"},
        {"panel": "a", "channel": "PE-A", "antigen": "my own", "role": "lineage"},
        {"panel": "a", "channel": "I127Di", "antigen": "nothing known"},
    )
    assert channels(panel_of("a", rows, head))[1:] == [
        ("CD4", "state"), ("my own", "lineage"), ("my word", "lineage"), ("nothing known", "other"),
    ]  # fmt: skip


def test_an_antigen_that_the_table_has_elsewhere_is_not_measured_twice(head):
    rows = table({"channel": "B525-A", "antigen": "CD4", "role": "lineage"})
    panel = panel_of(None, rows, head)
    assert channels(panel)[1] == ("", "other")
    assert panel.index("CD4") == 3


def test_rows_of_the_panel_go_before_rows_of_none(head):
    rows = table(
        {"channel": "B525-A", "antigen": "CD19"},
        {"panel": "a", "channel": "B525-A", "antigen": "CD20"},
    )
    assert panel_of("a", rows, head).index("CD20") == 3
    assert panel_of("b", rows, head).index("CD19") == 3
    assert panel_of(None, rows, head).index("CD19") == 3
