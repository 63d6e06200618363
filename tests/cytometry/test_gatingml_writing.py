"""Automatic gates as GatingML, read back by FlowKit."""

import dataclasses

import numpy as np
import pytest

from macroimmune.cytometry import EventKind, FileThresholds, Threshold
from macroimmune.cytometry.export import export_labelled
from macroimmune.cytometry.gating import fit_thresholds, gate_events
from macroimmune.cytometry.gatingml_writing import write_gatingml
from macroimmune.cytometry.manual import gate_with_workspace
from macroimmune.cytometry.opening import open_events
from macroimmune.cytometry.preparing import classify_events
from macroimmune.errors import InputError
from macroimmune.evidence import Hierarchy, gating_hierarchy, population_definitions
from macroimmune.evidence.population_definition import parse_signs
from macroimmune.formats import FcsHeading, Spillover, read_fcs_head, write_fcs

NAMES = ("FSC-A", "FITC-A", "PE-A", "APC-A")
ANTIGENS = ("", "CD3", "CD4", "CD25")
SPILLOVER = Spillover(
    ("FITC-A", "PE-A", "APC-A"), np.array([[1, 0.2, 0.01], [0.05, 1, 0.1], [0, 0.02, 1.0]])
)


def node(population, parent, signs="", excluding=(), union=()):
    return dataclasses.replace(
        population_definitions("human")[0],
        population=population,
        parent=parent,
        signs=parse_signs(signs),
        excluding=excluding,
        union=union,
        optional=frozenset(),
    )


HIERARCHY = Hierarchy(
    (
        node("leukocytes", ""),
        node("t_cell", "leukocytes", "CD3+"),
        node("cd4_t", "t_cell", "CD4+"),
        node("cd8_t", "t_cell", "CD4-"),
        node("treg", "cd4_t", "CD25hi"),
        node("memory_cd4", "cd4_t", "CD25dim"),
        node("naive_cd4", "cd4_t", "CD25lo", excluding=("memory_cd4",)),
        node("lymphocytes", "leukocytes", union=("t_cell",)),
        node("effector_cd4", "cd4_t", excluding=("treg", "memory_cd4")),
    ),
    {},
)


def threshold(antigen, within, level, value):
    return Threshold(antigen, within, level, value, 0.1, value, 0.1, 1.0, "by hand", "")


def thresholds(scale, **changed):
    """Return thresholds at the same linear values on any scale."""
    given = {
        ("CD3", "leukocytes", "positive"): 900.0,
        ("CD4", "t_cell", "positive"): 500.0,
        ("CD25", "cd4_t", "positive"): 150.0,
        ("CD25", "cd4_t", "high"): 3000.0,
    }
    ones = tuple(threshold(*key, changed.get(key[0], scale(value))) for key, value in given.items())
    return FileThresholds("a.fcs", ones, ())


def told(events, kinds, cuts):
    """Return members by their definitions, one by one."""
    at = {(one.antigen, one.level): np.float32(one.value) for one in cuts.thresholds}
    cd3, cd4, cd25 = (events.column(name) for name in ANTIGENS[1:])
    cells = kinds == EventKind.CELL
    t = cells & (cd3 > at["CD3", "positive"])
    cd4_t = t & (cd4 > at["CD4", "positive"])
    high, positive = cd25 > at["CD25", "high"], cd25 > at["CD25", "positive"]
    treg, memory = cd4_t & high, cd4_t & positive & ~high
    return {
        "leukocytes": cells,
        "t_cell": t,
        "cd4_t": cd4_t,
        "cd8_t": t & ~(cd4 > at["CD4", "positive"]),
        "treg": treg,
        "memory_cd4": memory,
        "naive_cd4": cd4_t & ~high & ~memory,
        "lymphocytes": t,
        "effector_cd4": cd4_t & ~treg & ~memory,
    }


@pytest.fixture
def file(tmp_path):
    rng = np.random.default_rng(3)
    values = 10 ** rng.uniform(1, 4.5, (5000, 4)) - 200
    path = tmp_path / "a.fcs"
    heading = FcsHeading(names=NAMES, antigens=ANTIGENS, spillover=SPILLOVER)
    write_fcs(path, values.astype(np.float32), heading)
    return path


@pytest.mark.parametrize("transform", ["arcsinh", "logicle"])
def test_flowkit_finds_the_same_cells_in_every_gate(file, tmp_path, transform):
    events = open_events(file, transform=transform)
    assert events.is_compensated
    kinds = np.random.default_rng(4).choice([0, 0, 0, 5, 6], 5000).astype(np.uint8)
    # Somewhere among the values, whatever the scale.
    middle = {"arcsinh": lambda x: np.arcsinh(x / 150.0), "logicle": lambda x: np.log10(x) - 0.9}
    cuts = thresholds(middle[transform])
    expected = told(events, kinds, cuts)
    assert min(int(one.sum()) for one in expected.values()) > 50
    gates = write_gatingml(tmp_path / "gates.xml", events, HIERARCHY, cuts, spillover=SPILLOVER)
    assert gates.populations == HIERARCHY.names
    made = export_labelled(file, tmp_path / "out.fcs", expected, kinds)
    found = gate_with_workspace(gates.path, made.path)
    by_name = {path[-1]: members for path, members in found.members.items()}
    for population, members in expected.items():
        np.testing.assert_array_equal(by_name[population], members, err_msg=population)
    assert [gate.path for gate in found.gates if gate.population == "treg"] == [
        ("live_single_cells", "leukocytes", "t_cell", "cd4_t", "treg")
    ]


def test_populations_without_a_threshold_are_left_out_with_those_below(file, tmp_path):
    cuts = thresholds(lambda x: np.arcsinh(x / 150.0), CD4=float("nan"))
    gates = write_gatingml(
        tmp_path / "gates.xml", open_events(file), HIERARCHY, cuts, spillover=SPILLOVER
    )
    assert gates.populations == ("leukocytes", "t_cell", "lymphocytes")
    assert gates.left_out["cd4_t"] == "CD4 has no threshold (positive)"
    assert gates.left_out["treg"] == "cd4_t has no gate"


def test_compensated_events_need_their_matrix(file, tmp_path):
    cuts = thresholds(lambda x: np.arcsinh(x / 150.0))
    with pytest.raises(InputError, match="no spillover matrix is given"):
        write_gatingml(tmp_path / "gates.xml", open_events(file), HIERARCHY, cuts)


@pytest.mark.data
def test_flowkit_finds_the_automatic_populations_of_the_public_file(public_data, tmp_path):
    path = public_data / "flowsom_wsp" / "68983.fcs"
    events = open_events(path)
    kinds = classify_events(events).kinds
    hierarchy = gating_hierarchy(events.panel.lineage_antigens, "mouse")
    cuts = fit_thresholds(events, kinds, hierarchy, rng=np.random.default_rng(1))
    members = gate_events(events, kinds, hierarchy, cuts).members
    made = export_labelled(path, tmp_path / "out.fcs", members, kinds)
    spillover = read_fcs_head(path).spillover
    gates = write_gatingml(tmp_path / "gates.xml", events, hierarchy, cuts, spillover=spillover)
    found = gate_with_workspace(gates.path, made.path)
    by_name = {path[-1]: told for path, told in found.members.items()}
    assert {"b_cell", "cd4_t", "cd8_t", "nk"} <= set(gates.populations)
    for population in gates.populations:
        np.testing.assert_array_equal(by_name[population], members[population])
