import pickle

import numpy as np
import pytest

from macroimmune.cytometry.alignment import channel_quantiles, learn_alignment
from macroimmune.errors import DesignError, EstimationError, InputError


@pytest.fixture
def files(make_events):
    """Return quantiles of a control in three batches, CD3 brighter by 0.3 from one to the next."""
    rng = np.random.default_rng(1)
    made = []
    for batch in range(3):
        cells = np.r_[rng.exponential(0.2, 3000), rng.normal(4 + 0.3 * batch, 0.4, 3000)]
        columns = {"CD3": cells, "pSTAT1": cells, "CD4": rng.normal(3, 1, 6000)}
        events = make_events(columns, file=f"c{batch}.fcs", roles={"pSTAT1": "state"})
        made.append(channel_quantiles(events, np.zeros(6000, np.uint8)))
    return made


@pytest.fixture
def events(make_events):
    rng = np.random.default_rng(2)
    columns = {name: rng.normal(4, 1, 5000) for name in ("CD3", "pSTAT1", "CD4")}
    return make_events(columns, roles={"pSTAT1": "state"})


def test_batches_come_to_their_mean_and_other_channels_stay(files, events):
    aligned = learn_alignment(files, ["B1", "B2", "B3"]).applied(events, "B3")
    moved = aligned.values - events.values
    bright = events.values[:, 0] > 3.5
    assert moved[bright, 0].mean() == pytest.approx(-0.3, abs=0.05)
    assert not moved[:, 1].any()
    assert np.abs(moved[:, 2]).max() < 0.05
    assert aligned.panel is events.panel


def test_applying_leaves_its_input_alone_and_keeps_order_and_layout(files, events):
    before = events.values.copy()
    aligned = learn_alignment(files, ["B1", "B2", "B3"]).applied(events, "B1")
    assert np.array_equal(events.values, before)
    assert aligned.values.flags.f_contiguous
    order = np.argsort(before[:, 0], kind="stable")
    assert (np.diff(aligned.values[order, 0]) >= -1e-5).all()


def test_a_reference_batch_stays_as_it_is(files, events):
    alignment = learn_alignment(files, ["B1", "B2", "B3"], goal="B2")
    assert np.abs(alignment.applied(events, "B2").values - events.values).max() < 1e-5
    bright = events.values[:, 0] > 3.5
    moved = (alignment.applied(events, "B1").values - events.values)[bright, 0]
    assert moved.mean() == pytest.approx(0.3, abs=0.05)


def test_quantiles_after_alignment_are_those_of_the_aligned_events(files, events):
    alignment = learn_alignment(files, ["B1", "B2", "B3"])
    kinds = np.zeros(5000, np.uint8)
    short = alignment.of_quantiles(channel_quantiles(events, kinds), "B3")
    long = channel_quantiles(alignment.applied(events, "B3"), kinds)
    # Between two order statistics the map is bent: far less than a step of its grid.
    assert short.values == pytest.approx(long.values, abs=5e-3)


def test_events_that_are_no_numbers_and_events_far_outside_are_no_trouble(files, make_events):
    values = np.array([np.nan, -1e9, 1e9, np.inf, -np.inf, 4.0])
    events = make_events({"CD3": values, "CD4": values})
    found = learn_alignment(files, ["B1", "B2", "B3"]).applied(events, "B3").values[:, 0]
    assert np.isnan(found[0])
    assert np.isinf(found[[3, 4]]).all()
    assert found[5] == pytest.approx(4.0 - 0.3, abs=0.1)


def test_a_state_channel_is_refused_by_name(files, make_events, events):
    with pytest.raises(DesignError, match=r"pSTAT1 .* only lineage channels"):
        learn_alignment(files, ["B1", "B2", "B3"], antigens=["CD3", "pSTAT1"])
    alignment = learn_alignment(files, ["B1", "B2", "B3"])
    as_state = make_events({"CD3": np.arange(5.0)}, roles={"CD3": "state"})
    with pytest.raises(DesignError, match="channel CD3 has the role 'state'"):
        alignment.applied(as_state, "B1")


def test_an_unknown_batch_is_refused_with_those_that_are_known(files, events):
    alignment = learn_alignment(files, ["B1", "B2", "B3"])
    with pytest.raises(InputError, match="batch 'B9'; learned for its batches B1, B2, B3"):
        alignment.applied(events, "B9")


def test_a_panel_that_was_not_aligned_stays_as_it_is(files, make_events):
    alignment = learn_alignment(files, ["B1", "B2", "B3"])
    assert alignment.batches("Q") == frozenset()
    other = make_events({"CD3": np.arange(5.0)}, panel="Q")
    assert alignment.applied(other, "B1") is other
    with pytest.raises(InputError, match="panel 'Q'"):
        alignment.of("Q", "B1")


def test_what_nothing_can_be_learned_from_is_refused(files, make_events):
    with pytest.raises(EstimationError, match="1 batch with a file"):
        learn_alignment(files, ["B1", "B1", "B1"])
    with pytest.raises(InputError, match="one batch per file"):
        learn_alignment(files, ["B1"])
    with pytest.raises(InputError, match="goal 'B9' is no batch"):
        learn_alignment(files, ["B1", "B2", "B3"], goal="B9")
    with pytest.raises(InputError, match="no channel CD99"):
        learn_alignment(files, ["B1", "B2", "B3"], antigens=["CD99"])
    few = channel_quantiles(make_events({"CD3": np.arange(9.0)}), np.zeros(9, np.uint8))
    with pytest.raises(EstimationError, match="at least 200 cells"):
        learn_alignment([few, few], ["B1", "B2"])


def test_it_can_be_sent_to_another_process(files, events):
    alignment = learn_alignment(files, ["B1", "B2", "B3"])
    back = pickle.loads(pickle.dumps(alignment))
    both = (one.applied(events, "B3").values for one in (alignment, back))
    assert np.array_equal(*both)
