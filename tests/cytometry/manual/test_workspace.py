"""FlowJo workspaces and GatingML applied by FlowKit."""

import sys

import numpy as np
import pytest

from macroimmune.cytometry.manual import gate_populations, gate_with_workspace
from macroimmune.errors import FormatError, InputError


@pytest.fixture(scope="module")
def mouse(public_data):
    folder = public_data / "flowsom_wsp"
    return gate_with_workspace(folder / "gating.wsp", folder / "68983.fcs")


@pytest.mark.data
def test_the_public_workspace_gives_the_counts_of_flowkit_exactly(mouse):
    told = gate_populations(mouse)
    counts = {name: int(members.sum()) for name, members in told.members.items()}
    assert {name: counts[name] for name in ("cd4_t", "cd8_t", "nk", "b_cell")} == {
        "cd4_t": 7482,
        "cd8_t": 1407,
        "nk": 312,
        "b_cell": 2460,
    }
    assert not mouse.remarks
    assert not [gate for gate in mouse.gates if gate.status]


@pytest.mark.data
def test_the_public_workspace_keeps_its_own_words_and_what_flowjo_counted(mouse):
    by_name = {gate.path[-1]: gate for gate in mouse.gates}
    assert by_name["ab T cells"].population == "ab T cells"
    assert not by_name["ab T cells"].is_known
    assert by_name["CD4 T cells"].n_stored == 7480
    told = gate_populations(mouse)
    parents = [one.parent for one in told.counts if one.population == "cd4_t"]
    assert parents == ["ab T cells", "t_cell", "lymphocytes"]


@pytest.mark.data
def test_the_public_file_of_gates_without_compensation_is_refused_with_what_it_is(public_data):
    folder = public_data / "flowsom_wsp"
    with pytest.raises(FormatError, match="no gate names its compensation.*give the workspace"):
        gate_with_workspace(folder / "manualGating.xml", folder / "68983.fcs")


def test_gates_of_a_renamed_file_are_applied_and_the_match_is_said(fcs, write_workspace, flowjo):
    gates = flowjo.rectangle(
        "T cells", "CD3", 50, 1000, flowjo.rectangle("P1", "CD19", 0, 10), count="50"
    )
    path = write_workspace(flowjo.sample("before.fcs", gates, file="stated.fcs"))
    found = gate_with_workspace(path, fcs, names={"P1": "treg"})
    assert [(g.population, g.n_cells, g.n_stored) for g in found.gates] == [
        ("t_cell", 50, 50),
        ("treg", 10, -1),
    ]
    assert found.members[("T cells",)].tolist() == [False] * 50 + [True] * 50
    assert found.remarks == ("gates.wsp knows one.fcs as before.fcs; matched by $FIL",)


def test_gates_that_cannot_be_applied_leave_the_others_alone(fcs, write_workspace, flowjo):
    union = (
        '<OrNode name="T or B" owningGroup=""><Dependents><Dependent name="T cells"/>'
        '<Dependent name="{}"/></Dependents></OrNode>'
    )
    gates = (
        flowjo.rectangle("T cells", "CD3", 50, 1000)
        + flowjo.rectangle("B cells", "CD19", 80, 1000)
        + flowjo.rectangle("tSNE island", "tSNE1", 0, 1, flowjo.rectangle("inner", "CD3", 0, 1))
        + '<Population name="curly" owningGroup=""><Gate><gating:CurlyQuad/></Gate></Population>'
        + union.format("B cells")
        + union.format("tSNE island").replace("T or B", "lost")
    )
    found = gate_with_workspace(write_workspace(flowjo.sample("one.fcs", gates)), fcs)
    counted = {gate.path[-1]: (gate.n_cells, gate.status) for gate in found.gates}
    assert counted == {
        "T cells": (50, ""),
        "B cells": (20, ""),
        "T or B": (70, ""),
        "tSNE island": (-1, "not applied: tSNE1 is no channel of the file"),
        "inner": (-1, "not applied: it is within tSNE island, not applied"),
        "curly": (
            -1,
            "not applied: CurlyQuad, neither rectangle, polygon, ellipse nor combination",
        ),
        "lost": (-1, "not applied: it combines tSNE island, not applied"),
    }
    told = gate_populations(found)
    assert set(told.missing) == {"tSNE island", "inner", "curly", "lost"}


def test_a_scale_that_is_not_documented_leaves_out_its_gates_only(fcs, write_workspace, flowjo):
    scales = (
        '<transforms:hyper transforms:length="256"><data-type:parameter '
        'data-type:name="CD19"/></transforms:hyper><transforms:linear transforms:minRange="0" '
        'transforms:maxRange="1000" gain="1"><data-type:parameter data-type:name="CD3"/>'
        "</transforms:linear>"
    )
    gates = flowjo.rectangle("T cells", "CD3", 50, 1000) + flowjo.rectangle(
        "B cells", "CD19", 80, 1000
    )
    found = gate_with_workspace(
        write_workspace(flowjo.sample("one.fcs", gates, scales=scales)), fcs
    )
    assert [(gate.n_cells, gate.status) for gate in found.gates] == [
        (50, ""),
        (-1, "not applied: the scale of CD19 (hyper) is not documented"),
    ]


def test_other_files_of_a_workspace_cannot_disturb_this_one(fcs, write_workspace, flowjo):
    broken = flowjo.sample(
        "other.fcs", flowjo.rectangle("X", "CD3", 0, 1), number=2, scales="<transforms:odd/>"
    )
    path = write_workspace(
        broken, flowjo.sample("one.fcs", flowjo.rectangle("T cells", "CD3", 50, 1000))
    )
    assert gate_with_workspace(path, fcs).gates[0].n_cells == 50


def test_files_without_a_place_in_the_workspace_are_refused(fcs, write_workspace, flowjo):
    path = write_workspace(flowjo.sample("two.fcs", "", events=7))
    with pytest.raises(InputError, match=r"no entry fits one.fcs .* Did you mean 'two.fcs'"):
        gate_with_workspace(path, fcs)


def test_counts_far_from_those_of_flowjo_are_said(fcs, write_workspace, flowjo):
    path = write_workspace(
        flowjo.sample("one.fcs", flowjo.rectangle("T cells", "CD3", 50, 1000, count="90"))
    )
    found = gate_with_workspace(path, fcs)
    assert found.gates[0].status == (
        "FlowJo counted 90 cells when the workspace was saved, here 50"
    )
    assert gate_populations(found).counts[0].status == found.gates[0].status


def test_gates_drawn_on_another_number_of_events_are_applied_and_it_is_said(
    fcs, write_workspace, flowjo
):
    gates = flowjo.rectangle("T cells", "CD3", 50, 1000, count="900")
    found = gate_with_workspace(write_workspace(flowjo.sample("one.fcs", gates, events=1000)), fcs)
    assert found.gates[0].n_cells == 50
    assert found.gates[0].status == ""
    assert "drawn on 1000 events of one.fcs, one.fcs has 100" in found.remarks[0]


def test_gatingml_is_applied_to_the_file_that_is_given(fcs, tmp_path, flowjo):
    path = tmp_path / "gates.xml"
    path.write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?><gating:Gating-ML {flowjo.namespaces}>
        <gating:RectangleGate gating:id="B_cells">
          <gating:dimension gating:compensation-ref="uncompensated" gating:min="80">
            <data-type:fcs-dimension data-type:name="CD19"/></gating:dimension>
        </gating:RectangleGate>
        <gating:RectangleGate gating:id="P2" gating:parent_id="B_cells">
          <gating:dimension gating:compensation-ref="uncompensated" gating:max="5">
            <data-type:fcs-dimension data-type:name="CD3"/></gating:dimension>
        </gating:RectangleGate></gating:Gating-ML>""",
        encoding="utf-8",
    )
    found = gate_with_workspace(path, fcs)
    assert [(gate.path, gate.population, gate.n_cells) for gate in found.gates] == [
        (("B_cells",), "b_cell", 20),
        (("B_cells", "P2"), "P2", 5),
    ]
    assert np.flatnonzero(found.members["B_cells", "P2"]).tolist() == [0, 1, 2, 3, 4]


def test_gates_that_flowkit_stumbles_over_are_told_in_one_line(fcs, tmp_path, flowjo):
    path = tmp_path / "gates.xml"
    path.write_text(
        f"""<gating:Gating-ML {flowjo.namespaces}><gating:RectangleGate gating:id="a">
        <gating:dimension gating:compensation-ref="uncompensated" gating:min="80">
        <data-type:fcs-dimension data-type:name="CD99"/></gating:dimension></gating:RectangleGate>
        </gating:Gating-ML>""",
        encoding="utf-8",
    )
    with pytest.raises(FormatError, match=r"gates.xml: FlowKit cannot apply its gates \(.*CD99"):
        gate_with_workspace(path, fcs)


def test_without_flowkit_the_command_that_installs_it_is_named(
    fcs, write_workspace, monkeypatch, flowjo
):
    path = write_workspace(flowjo.sample("one.fcs", flowjo.rectangle("T cells", "CD3", 50, 1000)))
    monkeypatch.setitem(sys.modules, "flowkit", None)
    with pytest.raises(InputError, match=r"run: pip install 'macroimmune\[flowjo\]'"):
        gate_with_workspace(path, fcs)


def test_more_work_than_people_draw_is_refused(fcs, write_workspace, monkeypatch, flowjo):
    monkeypatch.setattr("macroimmune.cytometry.manual.workspace._MOST_WORK", 1000)
    path = write_workspace(flowjo.sample("one.fcs", flowjo.rectangle("T cells", "CD3", 50, 1000)))
    with pytest.raises(FormatError, match="1 gates with 0 corners for 100 events"):
        gate_with_workspace(path, fcs)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_one_of_many_files_is_cut_out_in_every_encoding(fcs, tmp_path, flowjo, encoding):
    gates = [flowjo.rectangle("T cells", "CD3", 50 + k, 1000) for k in range(5)]
    entries = [
        flowjo.sample(f"{k}.fcs" if k != 3 else "one.fcs", gate, number=k + 1)
        for k, gate in enumerate(gates)
    ]
    path = tmp_path / "gates.wsp"
    text = flowjo.workspace(*entries).replace('encoding="UTF-8"', f'encoding="{encoding}"')
    path.write_bytes(text.encode(encoding))
    assert gate_with_workspace(path, fcs).gates[0].n_cells == 47


def test_a_workspace_that_was_saved_anew_is_read_anew(fcs, write_workspace, flowjo):
    path = write_workspace(flowjo.sample("one.fcs", flowjo.rectangle("T cells", "CD3", 50, 1000)))
    assert gate_with_workspace(path, fcs).gates[0].n_cells == 50
    write_workspace(flowjo.sample("one.fcs", flowjo.rectangle("T cells", "CD3", 5, 10000)))
    assert gate_with_workspace(path, fcs).gates[0].n_cells == 95


def test_more_memory_than_gates_need_is_refused(fcs, write_workspace, monkeypatch, flowjo):
    monkeypatch.setattr("macroimmune.cytometry.manual.workspace._MOST_BYTES", 99)
    path = write_workspace(flowjo.sample("one.fcs", flowjo.rectangle("T cells", "CD3", 50, 1000)))
    with pytest.raises(FormatError, match="1 gates for 100 events would hold more than 2 GB"):
        gate_with_workspace(path, fcs)


def test_marks_of_compensated_channels_that_are_patterns_are_refused(fcs, write_workspace, flowjo):
    matrix = '<transforms:spilloverMatrix prefix="(a+)+$" suffix="" name="m"/>'
    entry = flowjo.sample("one.fcs", flowjo.rectangle("T cells", "CD3", 50, 1000))
    path = write_workspace(entry.replace("<Sample>", f"<Sample>{matrix}"))
    with pytest.raises(FormatError, match=r"prefix of compensated channels '\(a\+\)\+\$'"):
        gate_with_workspace(path, fcs)
