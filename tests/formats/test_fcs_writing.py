import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from macroimmune.errors import InputError
from macroimmune.formats import (
    FcsHeading,
    Spillover,
    fcs_writing,
    read_fcs,
    read_fcs_head,
    write_fcs,
)

EVENTS = np.array([[1, 2], [3, 4], [5, 600_000]], dtype=np.float32)


def test_everything_that_is_written_is_read(tmp_path):
    path = tmp_path / "a.fcs"
    spillover = Spillover(("B-A", "A/H"), np.array([[1, 0.1 + 0.2], [1e-17, 1]]))
    heading = FcsHeading(
        names=("A/H", "B-A"),
        antigens=("CD4/CD8", ""),
        spillover=spillover,
        time_step_seconds=0.01,
        keywords={"$cyt": "made | here", "$TOT": "999", "SPILL": "old", "$P1V": "450", "$P9N": "x"},
    )
    write_fcs(path, EVENTS, heading)
    data = read_fcs(path)
    np.testing.assert_array_equal(data.events, EVENTS)
    assert (data.version, data.names, data.antigens) == ("FCS3.1", ("A/H", "B-A"), ("CD4/CD8", ""))
    # 600,000 needs twenty bits.
    assert data.ranges.tolist() == [2**18, 2**20]
    assert data.spillover.names == spillover.names
    np.testing.assert_array_equal(data.spillover.matrix, spillover.matrix)
    assert data.time_step_seconds == 0.01
    assert (data.keywords["$CYT"], data.keywords["$P1V"]) == ("made | here", "450")
    assert "SPILL" not in data.keywords
    assert "$P9N" not in data.keywords
    assert data.remarks == ()


def test_a_path_may_be_text(tmp_path):
    path = str(tmp_path / "a.fcs")
    write_fcs(path, EVENTS, FcsHeading(names=("A", "B")))
    np.testing.assert_array_equal(read_fcs(path).events, EVENTS)
    assert read_fcs_head(path).n_events == 3


@settings(max_examples=60)
@given(
    events=hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=7),
        elements=st.floats(width=32),
    ),
    word=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), max_size=9),
)
def test_reading_gives_back_what_was_written_to_the_bit(tmp_path_factory, events, word):
    path = tmp_path_factory.mktemp("fcs") / "a.fcs"
    names = [f"D{k}{word.replace(',', '')}" for k in range(events.shape[1])]
    write_fcs(path, events, FcsHeading(names, [word] * len(names), keywords={"note": word}))
    data = read_fcs(path)
    assert data.events.tobytes() == events.tobytes()
    assert data.names == tuple(names)
    assert data.antigens == (word,) * len(names)
    assert data.keywords.get("NOTE", "") == word


def test_a_file_without_events_is_written_and_read(tmp_path):
    path = tmp_path / "a.fcs"
    write_fcs(path, np.empty((0, 2), np.float32), FcsHeading(("A", "B")))
    assert read_fcs(path).events.shape == (0, 2)


def test_a_place_that_eight_digits_do_not_hold_is_zero_in_the_header():
    small = fcs_writing._header(500, 512, 99_999_999)
    assert small == b"FCS3.1    " + b"     256     500     51299999999       0       0"
    large = fcs_writing._header(500, 512, 100_000_000)
    assert large == b"FCS3.1    " + b"     256     500       0       0       0       0"


def test_a_file_that_was_read_can_be_written_with_its_keywords(tmp_path):
    first, second = tmp_path / "a.fcs", tmp_path / "b.fcs"
    write_fcs(first, EVENTS, FcsHeading(("A", "B"), keywords={"$SRC": "blood"}))
    data = read_fcs(first)
    write_fcs(
        second,
        data.events,
        FcsHeading(data.names, ranges=data.ranges.tolist(), keywords=data.keywords),
    )
    assert second.read_bytes() == first.read_bytes()


@pytest.mark.parametrize(
    ("events", "change", "found"),
    [
        (EVENTS[0], {}, "shape"),
        (EVENTS, {"names": ("A",)}, "expected one per channel"),
        (EVENTS, {"names": ("A", "A")}, "all different"),
        (EVENTS, {"names": ("A", "B,C")}, "no comma"),
        (EVENTS, {"names": ("A", "")}, "not empty"),
        (EVENTS, {"antigens": ("CD4",)}, "1 antigens for 2 channels"),
        (EVENTS, {"ranges": (1.0,)}, "1 ranges for 2 channels"),
        (EVENTS, {"spillover": Spillover(("A",), np.eye(2))}, "square"),
        (np.array([[1e39, 0]]), {}, "single precision"),
    ],
)
def test_what_does_not_fit_together_is_refused(tmp_path, events, change, found):
    heading = FcsHeading(**({"names": ("A", "B")} | change))
    with pytest.raises(InputError, match=found):
        write_fcs(tmp_path / "a.fcs", events, heading)
    assert not (tmp_path / "a.fcs").exists()


def test_flowio_reads_what_is_written(tmp_path):
    flowio = pytest.importorskip("flowio")
    path = tmp_path / "a.fcs"
    write_fcs(path, EVENTS, FcsHeading(("A", "B"), ("CD4", "CD8"), time_step_seconds=math.nan))
    with path.open("rb") as stream:
        peer = flowio.FlowData(stream)
    assert np.reshape(peer.events, (-1, 2)).tolist() == EVENTS.tolist()
    assert (peer.pnn_labels, peer.pns_labels) == (["A", "B"], ["CD4", "CD8"])
