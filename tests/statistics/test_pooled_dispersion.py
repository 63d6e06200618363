import numpy as np
import pytest

from macroimmune.statistics import pooled_dispersion, repeated_counts, replicate_dispersion


def repeats(rng, phi, depths=(1.0, 1.0), n=800):
    mean = np.exp(rng.normal(2.0, 1.2, n))
    drawn = [rng.poisson(f * mean * (rng.gamma(1 / phi, phi, n) if phi else 1.0)) for f in depths]
    return drawn[0], drawn[1]


def test_one_pair_of_repeats_gives_what_the_plain_estimate_gives():
    first, second = repeats(np.random.default_rng(1), 0.1)
    found = pooled_dispersion([repeated_counts(first, second)])
    plain = replicate_dispersion(first, second)
    assert found.dispersion == pytest.approx(plain.dispersion, rel=1e-5)
    assert found.n_kinds == plain.n_kinds


def test_the_interval_holds_the_truth_of_samples_of_unequal_depth():
    rng, phi, inside = np.random.default_rng(2), 0.05, 0
    for _ in range(120):
        samples = [repeated_counts(*repeats(rng, phi, (1.0, 0.6))) for _ in range(3)]
        found = pooled_dispersion(samples)
        inside += found.ci_low < phi < found.ci_high
    # Three standard errors of a share of 120 around 0.95.
    assert inside >= 0.89 * 120


def test_samples_that_differ_widen_the_interval():
    rng = np.random.default_rng(3)
    alike = [repeated_counts(*repeats(rng, 0.08)) for _ in range(6)]
    apart = [repeated_counts(*repeats(rng, phi)) for phi in (0.01, 0.02, 0.04, 0.08, 0.2, 0.4)]
    width = [np.log(one.ci_high / one.ci_low) for one in map(pooled_dispersion, (alike, apart))]
    assert width[1] > 2 * width[0]


def test_repeats_by_chance_alone_have_an_interval_that_begins_at_zero():
    rng, found = np.random.default_rng(4), []
    for _ in range(20):
        found.append(pooled_dispersion([repeated_counts(*repeats(rng, 0.0))]))
    assert any(one.dispersion == 0.0 for one in found)
    none = next(one for one in found if one.dispersion == 0.0)
    assert none.ci_low == 0.0
    assert 0.0 < none.ci_high < 0.05


def test_too_few_kinds_have_a_status():
    found = pooled_dispersion([repeated_counts([1, 2, 3], [2, 2, 2])])
    assert np.isnan([found.dispersion, found.ci_low, found.ci_high]).all()
    assert "at least 10" in found.status
    assert pooled_dispersion([]).status
