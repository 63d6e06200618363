"""Populations of labels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.cytometry.manual import EventLabels, label_populations
from macroimmune.errors import InputError

NAMES = ("CD4 T cells", "CD8 T cells", "B cells", "my island", "debris")


def labels(*codes, names=NAMES):
    return EventLabels(names, np.array(codes, dtype=np.int32))


def share(told, population, parent):
    [found] = [one for one in told.counts if (one.population, one.parent) == (population, parent)]
    return found.n_cells, found.n_parent


def test_a_cell_counts_in_its_label_and_in_all_populations_above():
    told = label_populations(labels(0, 0, 1, 2, 3, 4, -1))
    assert {name: int(one.sum()) for name, one in told.members.items()} == {
        "cd4_t": 2,
        "cd8_t": 1,
        "b_cell": 1,
        "my island": 1,
        "t_cell": 3,
        "lymphocytes": 4,
        "leukocytes": 4,
    }
    assert told.known == {"cd4_t", "cd8_t", "b_cell", "t_cell", "lymphocytes", "leukocytes"}
    assert share(told, "cd4_t", "t_cell") == (2, 3)
    assert share(told, "cd4_t", "leukocytes") == (2, 4)
    assert share(told, "my island", "all events") == (1, 6)


def test_populations_that_are_sums_of_labels_say_so():
    told = label_populations(labels(0, 1, 2))
    assert told.notes["t_cell"] == "sum of the labels CD4 T cells, CD8 T cells"
    [one] = [c for c in told.counts if (c.population, c.parent) == ("cd4_t", "t_cell")]
    assert one.status == "t_cell: sum of the labels CD4 T cells, CD8 T cells"
    [direct] = [c for c in told.counts if (c.population, c.parent) == ("cd4_t", "all events")]
    assert direct.status == ""


def test_shares_are_of_the_cells_that_are_given():
    told = label_populations(labels(0, 0, 2, -1), cells=np.array([True, False, True, True]))
    assert share(told, "cd4_t", "") == (1, 3)
    with pytest.raises(InputError, match="1 events are told to be cells or not; expected 4"):
        label_populations(labels(0, 0, 2, -1), cells=np.array([True]))


def test_two_labels_of_one_population_count_together():
    told = label_populations(labels(0, 1, names=("Tregs", "P9")), names={"P9": "treg"})
    assert int(told.members["treg"].sum()) == 2
    assert "treg" not in told.notes


@given(st.lists(st.integers(-1, 4), max_size=30))
def test_a_population_lies_within_all_above_it(codes):
    told = label_populations(labels(*codes))
    for one in told.counts:
        if one.parent in told.members:
            assert not (told.members[one.population] & ~told.members[one.parent]).any()
        if one.n_parent:
            assert one.count_ci_low <= one.fraction <= one.count_ci_high
            assert (one.ci_low, one.ci_high) == (one.count_ci_low, one.count_ci_high)
        else:
            assert "has no cells" in one.status
