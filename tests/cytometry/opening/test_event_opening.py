import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from macroimmune.cytometry.opening import EventBuffer, Logicle, logicle, open_events
from macroimmune.errors import InputError
from macroimmune.formats import FcsHeading, Spillover, write_fcs
from macroimmune.study.panels import Panel, PanelChannel

EVENTS = np.array([[1, 10, 100, 0], [2, 150, -30, 5], [3, 0, 1e5, 7]], np.float32)
NAMES = ("FSC-A", "FITC-A", "PE-A", "Time")
SPILLOVER = Spillover(("FITC-A", "PE-A"), np.array([[1, 0.2], [0.1, 1]]))


def written(folder, events=EVENTS, names=NAMES, **heading):
    path = folder / "a.fcs"
    write_fcs(path, events, FcsHeading(names, **heading))
    return path


def test_dyes_are_compensated_and_transformed_and_scatter_is_not(tmp_path):
    events = open_events(written(tmp_path, spillover=SPILLOVER))
    dyes = EVENTS[:, 1:3].astype(float) @ np.linalg.inv(SPILLOVER.matrix)
    np.testing.assert_allclose(events.values[:, 1:3], np.arcsinh(dyes / 150), rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(events.values[:, [0, 3]], EVENTS[:, [0, 3]])
    assert events.values.dtype == np.float32
    assert events.values.flags.f_contiguous
    assert events.is_compensated
    assert events.compensation == "$SPILLOVER, 2 channels"
    assert events.transform.startswith("arcsinh(x / 150), fluorescence cytometry by scatter")
    assert [one.kind for one in events.transforms] == ["linear", "arcsinh", "arcsinh", "linear"]
    assert events.remarks == ()


def test_mass_cytometry_has_cofactor_5_and_no_compensation(tmp_path):
    names = ("Time", "Nd142Di", "Nd143Di", "Ir191Di")
    events = open_events(written(tmp_path, names=names))
    np.testing.assert_allclose(events.values[:, 1:], np.arcsinh(EVENTS[:, 1:] / 5), rtol=1e-6)
    assert (events.technology, events.is_compensated) == ("mass", False)
    assert events.compensation == "none: mass cytometry"


def test_a_panel_chooses_channels_and_their_order(tmp_path):
    panel = Panel("p", (PanelChannel("Time", "", "time"), PanelChannel("PE-A", "CD4", "lineage")))
    path = written(tmp_path, spillover=SPILLOVER)
    events, whole = open_events(path, panel), open_events(path)
    np.testing.assert_array_equal(events.values, whole.values[:, [3, 2]])
    np.testing.assert_array_equal(events.column("CD4"), whole.values[:, 2])
    other = Panel("q", (PanelChannel("APC-A", "CD4", "lineage"),))
    with pytest.raises(InputError, match=r"a\.fcs: panel q has APC-A, the file FSC-A, FITC-A"):
        open_events(path, other)


def test_values_that_are_not_finite_are_missing_and_told(tmp_path):
    events = EVENTS.copy()
    events[0, 1], events[2, 0] = np.nan, np.inf
    opened = open_events(written(tmp_path, events))
    assert np.isnan(opened.values).sum() == 2
    assert "2 values are not finite and count as missing" in opened.remarks


def test_a_file_without_events_has_its_shape(tmp_path):
    opened = open_events(written(tmp_path, EVENTS[:0]))
    assert opened.values.shape == (0, 4)


def test_a_given_matrix_takes_the_place_of_the_file_s_own(tmp_path):
    path = written(tmp_path, spillover=SPILLOVER)
    other = tmp_path / "m.csv"
    other.write_text("FITC-A,PE-A\n1,0\n0.5,1\n")
    events = open_events(path, spillover=other)
    true = EVENTS[:, 1] - 0.5 * EVENTS[:, 2].astype(float)
    np.testing.assert_allclose(events.values[:, 1], np.arcsinh(true / 150), rtol=1e-6)
    assert events.compensation == "m.csv, 2 channels"


def test_logarithmic_channels_and_gains_are_undone_first(tmp_path, fcs):
    raw = np.array([[0, 512, 10], [1024, 256, 30]], "<f4")
    extra = {"$P1N": "FSC-A", "$P2N": "FITC-A", "$P3N": "Time", "$P2E": "4,1", "$P3G": "0.01"}
    three = {"bits": (32, 32, 32), "ranges": (1024, 1024, 1024), "total": 2}
    path = tmp_path / "a.fcs"
    path.write_bytes(fcs(raw.tobytes(), **three, extra=extra | {"$P1G": "2", "$P2D": "Linear,0,9"}))
    events = open_events(path)
    # 10 ** (4 * 512 / 1024) = 100, 10 ** (4 * 256 / 1024) = 10; time has no gain.
    np.testing.assert_allclose(events.values[:, 1], np.arcsinh([100 / 150, 10 / 150]), rtol=1e-6)
    assert events.values[:, [0, 2]].tolist() == [[0, 10], [512, 30]]
    assert events.ranges.tolist() == [512, 10_000, 1024]
    assert events.remarks == (
        "logarithmic amplifiers ($PnE) made linear: FITC-A",
        "divided by the gain ($PnG): FSC-A",
        "the file has no spillover matrix",
    )


def test_a_logarithmic_channel_without_a_range_is_refused(tmp_path, fcs):
    path = tmp_path / "a.fcs"
    path.write_bytes(fcs(bytes(16), total=2, extra={"$P2E": "4,1", "$P2R": "none"}))
    with pytest.raises(InputError, match=r"a\.fcs, D2: logarithmic, 4 decades, range nan"):
        open_events(path)


def test_logicle_is_fitted_to_each_channel_and_told(tmp_path):
    rng = np.random.default_rng(3)
    events = rng.normal(0, 100, (500, 4)).astype(np.float32)
    events[:, 2] *= 20
    opened = open_events(written(tmp_path, events), transform="logicle")
    widths = []
    for channel in (1, 2):
        transform = opened.transforms[channel]
        scale = Logicle(*transform.parameters)
        widths.append(scale.width)
        expected = logicle(events[:, channel], scale)
        np.testing.assert_allclose(opened.values[:, channel], expected, rtol=1e-6, atol=1e-7)
    assert 0 < widths[0] < widths[1]
    assert f"logicle in decades, W {widths[0]:.2f} to {widths[1]:.2f}" in opened.transform


def test_logicle_of_mass_cytometry_is_arcsinh_and_told(tmp_path):
    names = ("Time", "Nd142Di", "Nd143Di", "Ir191Di")
    opened = open_events(written(tmp_path, names=names), transform="logicle")
    assert opened.transforms[1].kind == "arcsinh"
    assert "arcsinh in the place of logicle, which is for fluorescence" in opened.remarks


@pytest.mark.parametrize(
    ("option", "found"),
    [({"transform": "log"}, "transform = 'log'"), ({"cofactor": 0.0}, "cofactor = 0.0")],
)
def test_options_that_are_none_are_refused(tmp_path, option, found):
    with pytest.raises(InputError, match=found):
        open_events(written(tmp_path), **option)


def test_several_threads_and_a_used_buffer_give_the_same(tmp_path):
    rng = np.random.default_rng(4)
    events = rng.normal(100, 1000, (300_000, 9)).astype(np.float32)
    names = ("FSC-A", "Time", *(f"D{k}-A" for k in range(7)))
    spillover = Spillover(names[2:], np.eye(7) + 0.01)
    path = written(tmp_path, events, names, spillover=spillover)
    one = open_events(path, n_threads=1)
    buffer = EventBuffer()
    # Blocks, threads and what the memory held before do not matter.
    (tmp_path / "other").mkdir()
    open_events(written(tmp_path / "other"), buffer=buffer)
    many = open_events(path, n_threads=3, buffer=buffer)
    np.testing.assert_array_equal(one.values, many.values)
    assert np.shares_memory(many.values, buffer.memory)
    dyes = events[:, 2:].astype(float) @ np.linalg.inv(spillover.matrix)
    np.testing.assert_allclose(one.values[:, 2:], np.arcsinh(dyes / 150), rtol=1e-6, atol=1e-6)


def test_memory_is_that_of_the_result_and_a_few_blocks(tmp_path):
    path = written(
        tmp_path, np.zeros((200_000, 20), np.float32), [f"Nd{k}Di" for k in range(142, 162)]
    )
    open_events(path)
    tracemalloc.start()
    try:
        values = open_events(path, n_threads=2).values
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < values.nbytes + 5_000_000


@settings(max_examples=40)
@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(0, 700), st.integers(1, 12)),
        elements=st.floats(width=32),
    )
)
def test_what_is_written_is_opened_as_numpy_would_transform_it(tmp_path_factory, events):
    path = tmp_path_factory.getbasetemp() / "round_trip.fcs"
    names = ["Time", *(f"D{k}" for k in range(1, events.shape[1]))]
    write_fcs(path, events, FcsHeading(names, keywords={"$CYT": "CyTOF"}))
    opened = open_events(path)
    with np.errstate(invalid="ignore"):
        expected = events.astype(np.float64)
        expected[~np.isfinite(expected)] = np.nan
    expected[:, 1:] = np.arcsinh(expected[:, 1:] / 5)
    np.testing.assert_allclose(opened.values, expected, rtol=5e-7, atol=3e-45)


@pytest.mark.data
@pytest.mark.filterwarnings("ignore:FCS file .* reported incorrect data offset:UserWarning")
def test_every_public_file_equals_flowkit(public_data):
    flowkit = pytest.importorskip("flowkit")
    decades = 4.0
    paths = sorted(public_data.rglob("*.fcs"))
    assert len(paths) >= 43
    for path in paths:
        sample = flowkit.Sample(path, ignore_offset_error=True)
        if "spill" in sample.metadata:
            sample.apply_compensation(sample.metadata["spill"])
        opened = open_events(path)
        assert opened.is_compensated == ("spill" in sample.metadata)
        cofactor = {"mass": 5.0, "fluorescence": 150.0}[opened.technology]
        top = cofactor * math.sinh(decades * math.log(10))
        sample.apply_transform(flowkit.transforms.AsinhTransform(top, decades, 0.0))
        peer = sample.get_events(source="xform") * (decades * math.log(10))
        linear = sample.get_events(source="comp" if opened.is_compensated else "raw")
        for channel, transform in enumerate(opened.transforms):
            if opened.panel.channels[channel].role == "time":
                continue  # FlowKit multiplies by $TIMESTEP.
            expected = peer if transform.kind == "arcsinh" else linear
            np.testing.assert_allclose(
                opened.values[:, channel], expected[:, channel], rtol=1e-6, atol=1e-5
            )
