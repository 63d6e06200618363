import numpy as np
import pytest

from macroimmune.cytometry import Events, Transform
from macroimmune.cytometry.opening import Logicle, logicle
from macroimmune.cytometry.response import state_markers
from macroimmune.study.panels import Panel, PanelChannel


def events(values: np.ndarray, transforms: list[Transform], *channels: PanelChannel) -> Events:
    return Events(
        file="a.fcs",
        panel=Panel("T", channels),
        values=np.asfortranarray(values, np.float32),
        transforms=tuple(transforms),
        technology="fluorescence",
        is_compensated=True,
        ranges=np.full(len(channels), np.nan),
        remarks=(),
    )


def test_only_state_markers_are_given_each_from_its_first_channel() -> None:
    found = state_markers(
        events(
            np.array([[1.0, 2.0, 3.0, 4.0, 5.0]]),
            [Transform("arcsinh", 5.0)] * 5,
            PanelChannel("a", "CD4", "lineage"),
            PanelChannel("b", "pSTAT1", "state"),
            PanelChannel("c", "PDL1", "state"),
            PanelChannel("d", "pSTAT1", "state"),
            PanelChannel("e", "", "state"),
        )
    )
    assert found.names == ("pSTAT1", "PDL1")
    assert [column.tolist() for column in found.columns] == [[2.0], [3.0]]
    assert found.unit == "arcsinh(x / 5)"


def test_logicle_scales_of_two_files_are_brought_to_one() -> None:
    linear = np.array([-300.0, 0.0, 80.0, 5_000.0, 200_000.0])
    channel = PanelChannel("a", "pSTAT1", "state")
    for width in (0.4, 1.3):
        scale = Logicle(262_144.0, width)
        transform = Transform("logicle", 1.0, scale.parameters)
        found = state_markers(events(logicle(linear, scale)[:, None], [transform], channel))
        assert found.unit == "arcsinh(x / 150)"
        assert found.columns[0] == pytest.approx(np.arcsinh(linear / 150.0), abs=1e-4)


def test_a_panel_without_state_markers_has_none() -> None:
    channel = PanelChannel("a", "CD4", "lineage")
    found = state_markers(events(np.ones((3, 1)), [Transform("arcsinh", 5.0)], channel))
    assert (found.names, found.columns, found.unit) == ((), (), "")
