"""The run of a tube in time."""

import numpy as np
import pytest

from macroimmune.simulator.cytometry.acquisition import draw_acquisition


def run(*, is_clogged, seed=3, n=20_000, technology="mass"):
    rng = np.random.default_rng(seed)
    return draw_acquisition(n, technology, is_clogged=is_clogged, rng=rng)


def test_events_come_in_order_at_about_the_rate_of_the_instrument():
    for technology, rate in (("mass", 350), ("fluorescence", 3000)):
        times = run(is_clogged=False, technology=technology).seconds
        assert (np.diff(times) >= 0).all()
        assert 20_000 / times[-1] == pytest.approx(rate, rel=0.35)


def test_the_rate_is_nearly_even_unless_the_tube_clogs():
    def largest_gap(found):
        per_slice = np.histogram(found.seconds, bins=60)[0]
        return per_slice.min() / np.median(per_slice)

    even, clogged = run(is_clogged=False), run(is_clogged=True)
    assert largest_gap(even) > 0.5
    assert largest_gap(clogged) < 0.3
    assert (even.dimming == 1).all()
    assert 0 < (clogged.dimming < 1).mean() < 0.1
