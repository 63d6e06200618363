"""Depths and dispersion by kinds of both samples: by hand, of drawn counts, and in the excess."""

import numpy as np
import pytest

from macroimmune.statistics import kept_dispersion, kept_ratio, novel_kinds

SHARES = (np.arange(1, 8_001) + 5.0) ** -1.1
SHARES /= SHARES.sum()


def drawn(rng, n, phi=0.0, factor=1.0):
    mean = n * SHARES * factor
    return rng.poisson(mean * rng.gamma(1 / phi, phi, mean.size) if phi else mean).astype(float)


def test_the_ratio_by_hand_and_none_without_a_kind_in_both():
    # Of before >= 2: x (1/2)^y; of kinds seen before: y (1/2)^(y - 1).
    found = kept_ratio(np.array([2.0, 1.0, 0.0, 2.0]), np.array([1.0, 2.0, 9.0, 1.0]), dispersion=0)
    assert found.ratio == pytest.approx((2 * 0.5 + 2 * 0.5) / (1 + 1 + 1), abs=0.01)
    assert np.isnan(kept_ratio(np.array([2.0, 0.0]), np.array([0.0, 3.0]), dispersion=0).ratio)
    apart = novel_kinds([2, 0], [0, 3], by_kept_kinds=True)
    assert apart.status.startswith("no rare kind was seen in both")
    assert np.isnan(kept_dispersion(np.zeros(2), np.ones(2), ratio=1.0)[0])


@pytest.mark.parametrize("sizes", [(5_000, 80_000), (80_000, 5_000)])
@pytest.mark.parametrize("phi", [0.0, 0.05])
def test_ratio_and_dispersion_are_those_that_were_put_in_at_any_depths(sizes, phi):
    rng = np.random.default_rng(sizes[0])
    ratios, found = [], []
    for _ in range(20):
        before, after = (drawn(rng, n, phi) for n in sizes)
        ratios.append(kept_ratio(before, after, dispersion=phi).ratio)
        found.append(kept_dispersion(before, after, ratio=ratios[-1])[0])
    for values, truth in ((ratios, sizes[0] / sizes[1]), (found, phi)):
        error = np.std(values) / np.sqrt(20)
        assert abs(np.mean(values) - truth) < 3.5 * error + 0.01 * truth


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(5_000, 80_000), (80_000, 20_000), (20_000, 20_000)])
def test_where_nothing_changed_intervals_are_nominal_and_p_values_uniform(sizes):
    rng, phi = np.random.default_rng(sizes[1]), 0.05
    p = []
    for _ in range(200):
        before, after = (drawn(rng, n, phi) for n in sizes)
        p.append(novel_kinds(before, after, dispersion=phi, by_kept_kinds=True).p_value)
    # Nominal 0.95 and 0.5, each within three standard errors of 200.
    assert 0.903 < np.mean(np.array(p) > 0.05) < 0.997
    assert 0.394 < np.mean(np.array(p) > 0.5) < 0.606


def test_planted_kinds_are_found_though_the_largest_kinds_doubled():
    rng, phi = np.random.default_rng(3), 0.02
    factor = np.ones(SHARES.size)
    # A quarter of all individuals, as a population of effector cells.
    factor[:60:2] = 2.0
    mean = rng.uniform(1.0, 12.0, 150)
    truth = (-np.expm1(-mean) * -np.expm1(-0.5 * mean)).sum()
    held = {True: 0, False: 0}
    for _ in range(25):
        before = np.append(drawn(rng, 30_000, phi), np.zeros(150))
        after = np.append(drawn(rng, 24_000, phi, factor), rng.poisson(mean))
        for by_kept in held:
            found = novel_kinds(before, after, dispersion=phi, by_kept_kinds=by_kept)
            held[by_kept] += found.ci_low < truth < found.ci_high
    assert held[True] >= 21
    assert held[False] < 18


def test_the_interval_carries_the_error_of_the_dispersion():
    rng = np.random.default_rng(4)
    counts = drawn(rng, 20_000, 0.05), drawn(rng, 20_000, 0.05)
    for by_kept in (True, False):
        plain, wider = (
            novel_kinds(*counts, dispersion=0.05, dispersion_error=error, by_kept_kinds=by_kept)
            for error in (0.0, 0.02)
        )
        more = novel_kinds(*counts, dispersion=0.07, by_kept_kinds=by_kept)
        reach = [one.ci_high - one.excess for one in (plain, wider)]
        by_error = np.sqrt(reach[1] ** 2 - reach[0] ** 2) / 1.96
        assert by_error == pytest.approx(plain.excess - more.excess, rel=0.15)
