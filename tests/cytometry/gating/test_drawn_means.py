from dataclasses import replace

import numpy as np
import pytest
from tests.cytometry.gating.drawn_events import drawn_events, hierarchy

from macroimmune.cytometry.gated import FileThresholds
from macroimmune.cytometry.gating import drawn_means, fit_thresholds, gate_events
from macroimmune.cytometry.gating.membership import belonging
from macroimmune.cytometry.gating.sign_tests import node_tests, separating, threshold_keys


@pytest.fixture(scope="module")
def gated():
    """Return events of one file, kinds, thresholds, populations, and two markers of state."""
    rng = np.random.default_rng(3)
    events, kinds, _ = drawn_events(2000, rng)
    kinds[::11] = 6
    own = fit_thresholds(events, kinds, hierarchy(), rng=rng)
    wide = [replace(one, standard_error=2 * one.standard_error) for one in own.thresholds]
    thresholds = FileThresholds(own.file, tuple(wide), ())
    state = rng.normal(size=(2, 2000)).astype(np.float32)
    # The first marker hangs on CD4, so that its mean hangs on where CD4 is cut.
    state[0] += events.column("CD4")
    state[1, ::7] = np.nan
    return events, kinds, thresholds, gate_events(events, kinds, hierarchy(), thresholds), state


def drawn(gated, populations, thresholds=None):
    events, kinds, given, found, state = gated
    rng = np.random.default_rng(8)
    return drawn_means(
        events, kinds, found, thresholds or given, list(state), populations, draws=5, rng=rng
    )


def test_means_are_those_of_gating_all_cells_again_with_the_drawn_thresholds(gated) -> None:
    events, kinds, thresholds, found, state = gated
    keys = threshold_keys(found.hierarchy)
    by_key = {(one.antigen, one.within, one.level): one for one in thresholds.thresholds}
    given = [by_key[key] for key in keys]
    errors = np.array([one.standard_error for one in given])
    nodes = [separating(one, given) for one in node_tests(found.hierarchy)]
    cells = np.flatnonzero(kinds == 0)
    values = [events.column(key[0])[cells] for key in keys]
    rng = np.random.default_rng(8)
    cuts = found.cuts + errors * rng.standard_normal((5, len(keys)))
    means = drawn(gated, ["cd4_t", "b_cell"])
    for draw in range(5):
        members = np.zeros((len(nodes), len(cells)), bool)
        for place, node in enumerate(nodes):
            members[place] = belonging(node, values, cuts[draw], members)
        for name in ("cd4_t", "b_cell"):
            inside = cells[members[found.hierarchy.names.index(name)]]
            expected = np.nanmean(state[:, inside].astype(float), axis=1)
            np.testing.assert_allclose(means[name][draw], expected, atol=1e-6)
    assert means["cd4_t"][:, 0].std() > 0.001


def test_certain_thresholds_give_the_mean_of_the_members_every_time(gated) -> None:
    _, _, given, found, state = gated
    certain = [replace(one, standard_error=0.0) for one in given.thresholds]
    means = drawn(gated, ["nk"], FileThresholds(given.file, tuple(certain), ()))
    expected = np.nanmean(state[:, found.members["nk"]].astype(float), axis=1)
    np.testing.assert_allclose(means["nk"], np.tile(expected, (5, 1)), rtol=1e-6)


def test_draws_of_a_population_do_not_hang_on_which_others_are_asked_for(gated) -> None:
    alone, both = drawn(gated, ["cd8_t"]), drawn(gated, ["nk", "cd8_t"])
    np.testing.assert_array_equal(alone["cd8_t"], both["cd8_t"])


def test_a_population_that_was_not_gated_has_no_draws(gated) -> None:
    assert drawn(gated, ["treg"]) == {}


def test_a_population_whose_threshold_is_missing_has_no_mean(gated) -> None:
    events, kinds, given, _, state = gated
    nan = float("nan")
    lost = [
        replace(one, value=nan, standard_error=nan) if one.antigen == "CD4" else one
        for one in given.thresholds
    ]
    thresholds = FileThresholds(given.file, tuple(lost), ())
    found = gate_events(events, kinds, hierarchy(), thresholds)
    means = drawn((events, kinds, thresholds, found, state), ["cd4_t", "b_cell"])
    assert np.isnan(means["cd4_t"]).all()
    assert np.isfinite(means["b_cell"]).all()
