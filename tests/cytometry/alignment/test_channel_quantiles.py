import pickle

import numpy as np
import pytest

from macroimmune.cytometry import EventKind
from macroimmune.cytometry.alignment import channel_quantiles
from macroimmune.errors import InputError
from macroimmune.statistics.quantile_functions import quantile_function


def test_only_cells_and_only_markers_are_summarised(make_events):
    cd3, other = np.array([1.0, 2.0, 3.0, 9.0]), np.arange(4.0)
    roles = {"pSTAT1": "state", "DNA1": "dna"}
    events = make_events({"CD3": cd3, "pSTAT1": other, "DNA1": other}, roles=roles)
    kinds = np.array([0, 0, 0, EventKind.DEAD], np.uint8)
    found = channel_quantiles(events, kinds)
    assert (found.antigens, found.roles, found.n_cells) == (
        ("CD3", "pSTAT1"), ("lineage", "state"), 3,
    )  # fmt: skip
    assert found.of("CD3") == pytest.approx(quantile_function(cd3[:3]))
    assert found.of("DNA1") is None


def test_a_file_without_cells_or_markers_gives_no_numbers_and_no_error(make_events):
    events = make_events({"CD3": np.arange(3.0)})
    found = channel_quantiles(events, np.full(3, EventKind.BEAD, np.uint8))
    assert found.n_cells == 0
    assert np.isnan(found.values).all()
    nothing = channel_quantiles(
        make_events({"DNA1": np.arange(3.0)}, roles={"DNA1": "dna"}), np.zeros(3, np.uint8)
    )
    assert nothing.antigens == ()


def test_it_can_be_sent_to_another_process(make_events):
    found = channel_quantiles(make_events({"CD3": np.arange(5.0)}), np.zeros(5, np.uint8))
    back = pickle.loads(pickle.dumps(found))
    assert np.array_equal(back.values, found.values)
    assert back.antigens == found.antigens


def test_kinds_of_other_events_are_refused(make_events):
    with pytest.raises(InputError, match="expected one each"):
        channel_quantiles(make_events({"CD3": np.arange(5.0)}), np.zeros(4, np.uint8))
