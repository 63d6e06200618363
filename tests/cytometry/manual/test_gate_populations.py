"""Populations of people's gates."""

import numpy as np

from macroimmune.cytometry.manual import ManualGate, ManualGates, gate_populations


def drawn(*gates):
    """Return gates of ten events from (path, population or None, members)."""
    made, members = [], {}
    for path, population, told in gates:
        inside = np.isin(np.arange(10), told)
        members[path] = inside
        made.append(
            ManualGate(
                path=path,
                population=population or path[-1],
                is_known=population is not None,
                shape="RectangleGate",
                n_cells=int(inside.sum()),
                n_stored=-1,
                status="",
            )
        )
    return ManualGates("a.fcs", "a.wsp", 10, tuple(made), members, ())


def test_a_share_is_of_the_gate_above_and_of_known_ones_above_that():
    told = gate_populations(
        drawn(
            (("L",), "lymphocytes", range(8)),
            (("L", "S"), None, range(6)),
            (("L", "S", "T"), "t_cell", range(3)),
        )
    )
    found = [(one.population, one.parent, one.n_cells, one.n_parent) for one in told.counts]
    assert found == [
        ("lymphocytes", "all events", 8, 10),
        ("S", "lymphocytes", 6, 8),
        ("t_cell", "S", 3, 6),
        ("t_cell", "lymphocytes", 3, 8),
    ]
    assert told.known == {"lymphocytes", "t_cell"}


def test_of_gates_of_one_population_within_each_other_the_innermost_counts():
    told = gate_populations(drawn((("T",), "t_cell", range(5)), (("T", "T"), "t_cell", range(4))))
    assert told.members["t_cell"].sum() == 4
    assert [(one.parent, one.n_cells) for one in told.counts] == [("all events", 4)]


def test_gates_of_one_population_beside_each_other_count_together():
    told = gate_populations(
        drawn(
            (("a",), None, range(5)),
            (("a", "T"), "t_cell", range(2)),
            (("b",), None, range(5, 10)),
            (("b", "T"), "t_cell", range(5, 8)),
        )
    )
    assert told.members["t_cell"].sum() == 5
    [count] = [one for one in told.counts if one.population == "t_cell"]
    assert (count.parent, count.n_cells, count.n_parent) == ("all events", 5, 10)
    assert count.status == "gates together: a/T, b/T"
