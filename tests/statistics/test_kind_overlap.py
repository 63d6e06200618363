import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import kind_overlap

SAMPLES = st.dictionaries(st.integers(0, 30), st.integers(1, 50), min_size=1, max_size=20)


def sample(counts):
    kinds = sorted(counts)
    return np.array(kinds), np.array([counts[kind] for kind in kinds])


def test_indices_by_hand():
    # Shares 4/6, 1/6, 1/6 of kinds 1, 2, 5 and 2/4, 1/4, 1/4 of kinds 2, 5, 7.
    found = kind_overlap([1, 2, 5], [4, 1, 1], [2, 5, 7], [2, 1, 1])
    assert (found.n_one, found.n_other, found.n_shared) == (3, 3, 2)
    assert found.jaccard == pytest.approx(2 / 4)
    product = (1 * 2 + 1 * 1) / 24
    assert found.morisita_horn == pytest.approx(2 * product / (18 / 36 + 6 / 16))
    # Pairs of different individuals: 4 x 3 of 6 x 5, and 2 x 1 of 4 x 3.
    assert found.morisita == pytest.approx(2 * product / (12 / 30 + 2 / 12))
    assert (found.shared_mass_one, found.shared_mass_other) == pytest.approx((2 / 6, 3 / 4))
    assert found.absent == pytest.approx(1 / 3)


def test_indices_equal_those_of_vegan():
    # R 'vegan' 2.6.4, 1 - vegdist(rbind(c(4,1,1,0,9), c(0,2,1,1,3)), m): m = horn, morisita, and
    # jaccard with binary = TRUE.
    found = kind_overlap([0, 1, 2, 4], [4, 1, 1, 9], [1, 2, 3, 4], [2, 1, 1, 3])
    assert found.morisita_horn == pytest.approx(0.765864332604, abs=1e-12)
    assert found.morisita == pytest.approx(0.967741935484, abs=1e-12)
    assert found.jaccard == pytest.approx(0.6)


def test_the_variance_equals_the_delta_method_written_with_matrices():
    one, other = 20 * np.array([8.0, 5, 3, 0, 1]), 20 * np.array([2.0, 6, 0, 4, 1])
    p, q = one / one.sum(), other / other.sum()

    def moved(p, f, curved, phi):
        """Return by how much over-dispersion moves a sum over kinds, to second order."""
        squares = p @ p
        second = phi * (1 - 2 * p + squares)
        return f * p @ (phi * (squares - p)) + (p**2 * curved / 2) @ second

    both = 0.0
    for x, phi in ((one, 0.1), (other, 0.05)):
        r = x / x.sum()
        pairs = x @ (x - 1) / (x.sum() * (x.sum() - 1))
        both += pairs / (1 + moved(r, 2 * r, np.full(r.size, 2.0), phi) / (r @ r))
    of_product = sum(
        moved(r, s, np.zeros(r.size), phi) / (p @ q) for r, s, phi in ((p, q, 0.1), (q, p, 0.05))
    )
    centre = 2 * (p @ q) / (1 + of_product) / both
    variance = 0.0
    for x, y, phi in ((one, other, 0.1), (other, one, 0.05)):
        p, q = x / x.sum(), y / y.sum()
        slope = 2 * (q - centre * p) / both
        of_counting = (np.diag(p) - np.outer(p, p)) / x.sum()
        centred = np.eye(p.size) - np.outer(np.ones(p.size), p)
        variance += slope @ of_counting @ slope
        variance += phi * slope @ centred.T @ np.diag(p**2) @ centred @ slope
    reach = 1.959964 * np.sqrt(variance) / (centre * (1 - centre))
    kinds = np.arange(5)
    found = kind_overlap(
        kinds[one > 0], one[one > 0], kinds[other > 0], other[other > 0], dispersion=(0.1, 0.05)
    )
    ends = np.log(np.array([found.ci_low, found.ci_high]))
    ends -= np.log1p(-np.array([found.ci_low, found.ci_high]))
    assert ends == pytest.approx(
        np.log(centre / (1 - centre)) + np.array([-reach, reach]), rel=1e-5
    )


@given(SAMPLES, SAMPLES)
def test_overlap_is_symmetric_and_stays_in_its_bounds(first, second):
    there = kind_overlap(*sample(first), *sample(second))
    back = kind_overlap(*sample(second), *sample(first))
    assert there.jaccard == back.jaccard
    assert there.morisita_horn == pytest.approx(back.morisita_horn)
    assert there.morisita == pytest.approx(back.morisita, nan_ok=True)
    assert there.ci_low == pytest.approx(back.ci_low, nan_ok=True)
    assert there.shared_mass_one == back.shared_mass_other
    for value in (there.jaccard, there.morisita_horn, there.shared_mass_one, there.absent):
        assert 0.0 <= value <= 1.0 + 1e-12
    if not there.status:
        assert 0.0 <= there.ci_low <= there.morisita <= there.ci_high <= 1.0


@given(SAMPLES, st.integers(2, 9))
def test_a_sample_overlaps_whole_with_itself_and_its_multiple(counts, times):
    kinds, found = sample(counts)
    overlap = kind_overlap(kinds, found, kinds, found * times)
    assert overlap.jaccard == 1.0
    assert overlap.morisita_horn == pytest.approx(1.0)
    assert (overlap.shared_mass_one, overlap.absent) == (1.0, 0.0)


def test_nothing_shared_is_zero_without_an_interval():
    found = kind_overlap([1, 2], [3, 2], [3, 4], [1, 5])
    assert (found.jaccard, found.morisita_horn, found.absent) == (0.0, 0.0, 1.0)
    assert np.isnan(found.ci_low)
    assert found.status == "no kind is in both samples, so the overlap has no interval"


def test_samples_that_cannot_tell_say_so():
    assert kind_overlap([], [], [1], [2]).status == "a sample is empty"
    single = kind_overlap([1, 2], [1, 1], [2, 3], [1, 1])
    assert single.morisita_horn == 0.5
    assert np.isnan(single.morisita)
    assert single.status.startswith("every kind was counted once")


@pytest.mark.parametrize(
    ("kinds", "counts", "message"),
    [
        ([2, 1], [1, 1], "strictly ascending"),
        ([1, 2], [1, 0], "a count from 1"),
        ([1, 2], [1], "one count per kind"),
        ([1.5], [1], "one count per kind"),
        ([1], [1.5], "whole numbers"),
    ],
)
def test_what_is_no_sample_of_kinds_is_refused(kinds, counts, message):
    with pytest.raises(InputError, match=message):
        kind_overlap(kinds, counts, [1], [1])


def _drawn(rng, shares, size):
    counts = rng.multinomial(size, shares)
    kinds = np.flatnonzero(counts)
    return kinds, counts[kinds]


def test_the_true_overlap_of_sampled_repertoires_is_recovered_with_its_interval():
    # Sizes by a power law; the other has half of its mass in the same kinds, differently sized.
    rng = np.random.default_rng(7)
    n = 3000
    sizes = rng.pareto(1.3, n) + 0.1
    one = sizes / sizes.sum()
    moved = sizes * rng.lognormal(0.0, 0.8, n)
    moved[n // 2 :] = 0.0
    own = rng.pareto(1.3, n) + 0.1
    other = np.concatenate([moved / moved.sum() * 0.5, own / own.sum() * 0.5])
    one = np.concatenate([one, np.zeros(n)])
    truth = 2 * one @ other / (one @ one + other @ other)
    held, plain, corrected, repeats = 0, [], [], 300
    for _ in range(repeats):
        found = kind_overlap(*_drawn(rng, one, 2000), *_drawn(rng, other, 400))
        held += found.ci_low <= truth <= found.ci_high
        plain.append(found.morisita_horn)
        corrected.append(found.morisita)
    # 95 % of 300 is 285 +- 4; the plain index is low, the corrected one is not.
    assert 276 <= held <= 297
    error = np.std(corrected) / np.sqrt(repeats)
    assert abs(np.mean(corrected) - truth) < 4 * error
    assert np.mean(plain) < truth - 4 * error


def _varied(rng, shares, size, dispersion):
    libraries = shares * rng.gamma(1.0 / dispersion, dispersion, shares.size)
    return _drawn(rng, libraries / libraries.sum(), size)


def _pareto(seed, drift):
    rng = np.random.default_rng(seed)
    sizes = rng.pareto(1.3, 3000) + 0.1
    moved = sizes * rng.lognormal(0.0, drift, sizes.size)
    return sizes / sizes.sum(), moved / moved.sum()


def test_intervals_hold_the_truth_where_libraries_vary_and_not_without_that():
    rng, held, without = np.random.default_rng(9), [], []
    for community in range(8):
        one, other = _pareto(community, 0.8)
        truth = 2 * one @ other / (one @ one + other @ other)
        for _ in range(40):
            samples = *_varied(rng, one, 6000, 0.02), *_varied(rng, other, 3000, 0.05)
            found = kind_overlap(*samples, dispersion=(0.02, 0.05))
            plain = kind_overlap(*samples)
            held.append(found.ci_low <= truth <= found.ci_high)
            without.append(plain.ci_low <= truth <= plain.ci_high)
    # 95 % of 320 has a standard error of 1.2 %; a few largest clones make both concentrations.
    assert 0.92 <= np.mean(held) <= 0.995
    assert np.mean(without) < 0.8


def test_repeats_of_one_sample_are_found_equal_though_libraries_vary():
    one, _ = _pareto(10, 0.0)
    rng = np.random.default_rng(11)
    found = [
        kind_overlap(
            *_varied(rng, one, 5000, 0.05), *_varied(rng, one, 5000, 0.05), dispersion=0.05
        )
        for _ in range(60)
    ]
    # Morisita's index is low by the over-dispersion; the interval is not, and stays narrow.
    assert np.mean([each.morisita for each in found]) == pytest.approx(1 / 1.05, abs=0.02)
    assert all(each.ci_high == 1.0 for each in found)
    assert np.mean([each.ci_low for each in found]) > 0.85
