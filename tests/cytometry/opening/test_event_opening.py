import numpy as np
import pytest

from macroimmune.cytometry.opening import open_events
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
