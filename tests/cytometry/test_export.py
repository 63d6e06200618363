"""FCS files with our populations, read back by this reader, flowio and FlowKit."""

import dataclasses
import os

import flowio
import flowkit
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from macroimmune.cytometry import EventKind, export
from macroimmune.cytometry.export import export_labelled
from macroimmune.cytometry.manual import gate_populations, gate_with_workspace
from macroimmune.errors import InputError
from macroimmune.formats import FcsHeading, Spillover, read_fcs, write_fcs

VALUES = st.floats(-1e6, 1e6, width=32)


def original(folder, events, **heading):
    path = folder / "original.fcs"
    names = [f"C{k}-A" for k in range(events.shape[1])]
    write_fcs(path, events, FcsHeading(names=names, **heading))
    return path


@settings(max_examples=30)
@given(st.data())
def test_original_events_and_populations_come_back_whatever_they_are(tmp_path_factory, data):
    n = data.draw(st.integers(1, 12))
    events = data.draw(arrays.arrays(np.float32, (n, 3), elements=VALUES))
    members = {
        name: data.draw(arrays.arrays(np.bool_, n)) for name in ("cd4_t", "my B/T, cells", "nk")
    }
    kinds = data.draw(arrays.arrays(np.uint8, n, elements=st.integers(0, 6)))
    folder = tmp_path_factory.mktemp("export")
    path = original(folder, events)
    before = path.read_bytes()
    made = export_labelled(path, folder / "out" / "labelled.fcs", members, kinds)
    found = read_fcs(made.path)
    assert found.names[:3] == ("C0-A", "C1-A", "C2-A")
    assert made.channels == ("pop_cd4_t", "pop_my_B_T__cells", "pop_nk", "event_kind")
    assert found.names[3:] == made.channels
    np.testing.assert_array_equal(found.events[:, :3], events)
    for k, told in enumerate(members.values(), start=3):
        np.testing.assert_array_equal(found.events[:, k], told)
    np.testing.assert_array_equal(found.events[:, 6], kinds)
    assert path.read_bytes() == before
    other = flowio.FlowData(str(made.path))
    np.testing.assert_array_equal(other.as_array(preprocess=False), found.events)


def test_keywords_spillover_and_labels_are_kept(tmp_path):
    spillover = Spillover(("C0-A", "C1-A"), np.array([[1.0, 0.1], [0.0, 1.0]]))
    path = original(
        tmp_path,
        np.ones((2, 2), dtype=np.float32),
        antigens=["CD3", ""],
        ranges=[1024.0, 262144.0],
        spillover=spillover,
        time_step_seconds=0.01,
        keywords={"$CYT": "Aurora", "$FIL": "original.fcs", "$P1V": "450"},
    )
    made = export_labelled(path, tmp_path / "b.fcs", {}, np.zeros(2, dtype=np.uint8))
    found = read_fcs(made.path)
    assert found.antigens == ("CD3", "", "event kind")
    assert found.ranges.tolist() == [1024.0, 262144.0, 8.0]
    assert found.time_step_seconds == 0.01
    assert (found.keywords["$CYT"], found.keywords["$P1V"]) == ("Aurora", "450")
    assert found.keywords["$FIL"] == "b.fcs"
    np.testing.assert_array_equal(found.spillover.matrix, spillover.matrix)
    other = flowkit.Sample(made.path, null_channel_list=list(made.channels))
    other.apply_compensation(other.metadata["spillover"])
    inverse = np.linalg.inv(spillover.matrix)
    compensated = other.get_events(source="comp")[:, :2]
    np.testing.assert_allclose(compensated, np.ones((2, 2)) @ inverse, rtol=1e-6)
    assert found.keywords["MACROIMMUNE_KEY"].startswith("event_kind: 0 cell, 1 margin")


def test_one_label_channel_names_the_smallest_population_of_each_cell(tmp_path):
    path = original(tmp_path, np.zeros((4, 1), dtype=np.float32))
    members = {
        "nk": np.array([False, False, False, True]),
        "t_cell": np.array([True, True, True, False]),
        "cd4_t": np.array([True, False, False, False]),
    }
    kinds = np.array([0, 0, EventKind.DEAD, 0], dtype=np.uint8)
    made = export_labelled(path, tmp_path / "b.fcs", members, kinds, form="label")
    assert made.channels == ("population", "event_kind")
    assert read_fcs(made.path).events[:, 1].tolist() == [3.0, 2.0, 2.0, 1.0]
    key = pl.read_csv(made.key)
    assert key.filter(pl.col("channel") == "population").rows() == [
        ("population", 0, "none of them", "", 0),
        ("population", 1, "natural killer cells", "nk", 1),
        ("population", 2, "T cells", "t_cell", 2),
        ("population", 3, "CD4 T cells", "cd4_t", 1),
    ]
    assert ("event_kind", 6, "dead", "", 1) in key.rows()


def test_names_that_a_file_has_already_are_not_used_again(tmp_path):
    path = tmp_path / "a.fcs"
    write_fcs(path, np.zeros((1, 2), np.float32), FcsHeading(names=["Event_Kind", "pop_nk"]))
    made = export_labelled(
        path, tmp_path / "b.fcs", {"nk": np.array([True])}, np.zeros(1, np.uint8)
    )
    assert made.channels == ("pop_nk_2", "event_kind_2")


def test_the_file_that_was_gated_is_never_written_whatever_it_is_called(tmp_path):
    path = original(tmp_path, np.zeros((1, 1), dtype=np.float32))
    before = path.read_bytes()
    (tmp_path / "soft.fcs").symlink_to(path)
    os.link(path, tmp_path / "hard.fcs")
    for out in (
        path,
        tmp_path / "x" / ".." / "original.fcs",
        tmp_path / "soft.fcs",
        tmp_path / "hard.fcs",
    ):
        with pytest.raises(InputError, match="is the file that was gated; it is never written"):
            export_labelled(path, out, {}, np.zeros(1, np.uint8), is_replacing=True)
    assert path.read_bytes() == before


def test_what_is_there_is_replaced_on_request_only(tmp_path):
    path = original(tmp_path, np.zeros((1, 1), dtype=np.float32))
    kinds = np.zeros(1, np.uint8)
    export_labelled(path, tmp_path / "b.fcs", {}, kinds)
    with pytest.raises(InputError, match="b.fcs: is there already"):
        export_labelled(path, tmp_path / "b.fcs", {}, kinds)
    export_labelled(path, tmp_path / "b.fcs", {"nk": np.array([True])}, kinds, is_replacing=True)
    assert read_fcs(tmp_path / "b.fcs").names == ("C0-A", "pop_nk", "event_kind")
    assert not list(tmp_path.glob("*.part"))


def test_members_of_another_file_are_refused(tmp_path):
    path = original(tmp_path, np.zeros((2, 1), dtype=np.float32))
    with pytest.raises(InputError, match=r"nk of shape \(3,\); expected \(2,\)"):
        export_labelled(path, tmp_path / "b.fcs", {"nk": np.ones(3, bool)}, np.zeros(2, np.uint8))
    with pytest.raises(InputError, match=r"kinds of shape \(1,\)"):
        export_labelled(path, tmp_path / "b.fcs", {}, np.zeros(1, np.uint8))
    assert not (tmp_path / "b.fcs").exists()


def test_logarithmic_channels_are_written_on_the_linear_scale_and_it_is_said(tmp_path):
    events = np.array([[512.0, 512.0], [0.0, 1.0]], dtype=np.float32)
    path = original(tmp_path, events, ranges=[1024.0, 1024.0], keywords={"$P1G": "1", "$P2G": "3"})
    raw = path.read_bytes()
    at = raw.index(b"$P1E")
    assert raw[at + 5 : at + 8] == b"0,0"
    path.write_bytes(raw[: at + 5] + b"4,1" + raw[at + 8 :])
    made = export_labelled(path, tmp_path / "b.fcs", {}, np.zeros(2, np.uint8))
    found = read_fcs(made.path)
    # 10 ** (4 * 512 / 1024) * 1; the other channel is linear and stays.
    np.testing.assert_allclose(found.events[:, 0], [100.0, 1.0], rtol=1e-6)
    assert found.events[:, 1].tolist() == [512.0, 1.0]
    assert made.remarks == ("on the linear scale, stored logarithmic: C0-A",)
    assert "$P1G" not in found.keywords
    assert found.keywords["$P2G"] == "3"
    # FlowKit brings the original to the same values.
    linear = flowio.FlowData(str(path)).as_array(preprocess=True)[:, 0]
    np.testing.assert_allclose(found.events[:, 0], linear, rtol=1e-6)


def test_values_that_single_precision_rounds_are_said(tmp_path, monkeypatch):
    path = original(tmp_path, np.zeros((1, 1), dtype=np.float32))
    double = dataclasses.replace(read_fcs(path), events=np.array([[2.0**24 + 1]]))
    monkeypatch.setattr(export, "read_fcs", lambda _: double)
    made = export_labelled(path, tmp_path / "b.fcs", {}, np.zeros(1, np.uint8))
    assert made.remarks == ("rounded to single precision, stored in double or as large integers",)


@pytest.mark.data
def test_people_s_gates_find_the_same_cells_in_the_export(public_data, tmp_path):
    folder = public_data / "flowsom_wsp"
    gates = gate_with_workspace(folder / "gating.wsp", folder / "68983.fcs")
    told = gate_populations(gates).members
    kinds = np.zeros(gates.n_events, dtype=np.uint8)
    made = export_labelled(folder / "68983.fcs", tmp_path / "68983.fcs", told, kinds)
    again = gate_populations(gate_with_workspace(folder / "gating.wsp", made.path)).members
    found = read_fcs(made.path)
    assert int(told["cd4_t"].sum()) == 7482
    for population, members in told.items():
        np.testing.assert_array_equal(again[population], members)
    cd4 = found.events[:, found.names.index("pop_cd4_t")]
    np.testing.assert_array_equal(cd4, told["cd4_t"])
