import numpy as np
import pytest

from macroimmune.simulator.repertoires.library_sampling import (
    read_templates,
    reads_of,
    templates_of,
)
from macroimmune.statistics.paired_counts import replicate_dispersion


def two_libraries(variation: float, *, clones: int = 3_000, expected: float = 300_000.0):
    shares = np.full(clones, 1.0 / clones)
    libraries = []
    for seed in (1, 2):
        caught = templates_of(
            shares,
            0.0,
            0,
            expected=expected,
            variation=variation,
            rng=np.random.default_rng(seed),
        )
        counts = np.zeros(clones, dtype=np.int64)
        counts[caught.clone] = caught.templates
        libraries.append(counts)
    return libraries


@pytest.mark.parametrize("variation", [0.2, 0.5])
def test_libraries_of_one_tube_vary_as_set(variation):
    one, two = two_libraries(variation)
    found = replicate_dispersion(one, two)
    assert found.dispersion == pytest.approx(variation**2, rel=0.10)
    # By hand: variance over mean of a Poisson-gamma count.
    assert one.var() / one.mean() == pytest.approx(1 + variation**2 * one.mean(), rel=0.15)


def test_without_variation_libraries_vary_by_chance_alone():
    one, two = two_libraries(0.0)
    assert replicate_dispersion(one, two).dispersion < 1e-3
    assert one.var() / one.mean() == pytest.approx(1.0, abs=0.1)


def test_templates_are_as_many_as_cells_captured():
    shares = np.random.default_rng(3).dirichlet(np.ones(500)) * 0.6
    caught = templates_of(
        shares, 0.4, 10**7, expected=40_000.0, variation=0.0, rng=np.random.default_rng(1)
    )
    assert caught.templates.sum() == pytest.approx(40_000, abs=5 * np.sqrt(40_000))
    is_naive = caught.clone >= len(shares)
    assert caught.templates[is_naive].sum() == pytest.approx(16_000, abs=5 * np.sqrt(16_000))
    assert caught.templates.min() >= 1
    assert len(np.unique(caught.clone)) == len(caught.clone)


@pytest.mark.parametrize("variation", [0.0, 0.7, 1.5])
def test_reads_of_a_template_vary_as_amplification_is_set(variation):
    reads = reads_of(
        np.ones(200_000, dtype=np.int64),
        mean=20.0,
        variation=variation,
        rng=np.random.default_rng(4),
    )
    assert reads.mean() == pytest.approx(20.0, rel=0.03)
    assert reads.var() / reads.mean() == pytest.approx(1 + variation**2 * 20.0, rel=0.05)


def test_reads_grow_with_templates():
    templates = np.repeat([1, 10, 100], 5_000)
    reads = reads_of(templates, mean=5.0, variation=0.7, rng=np.random.default_rng(5))
    means = [reads[templates == number].mean() for number in (1, 10, 100)]
    assert means == pytest.approx([5, 50, 500], rel=0.05)
    assert (reads[templates == 1] == 0).any()


def test_templates_of_which_no_copy_was_read_are_lost_from_clones_of_any_size():
    templates = np.repeat([1, 10, 100], [40_000, 4_000, 400])
    read, reads = read_templates(templates, mean=3.0, variation=0.7, rng=np.random.default_rng(6))
    # By hand: a negative binomial of mean 3 and size 1 / 0.49 is zero with this chance.
    unread = (1.0 + 0.49 * 3.0) ** (-1.0 / 0.49)
    shares = [read[templates == number].sum() / 40_000 for number in (1, 10, 100)]
    assert shares == pytest.approx([1.0 - unread] * 3, abs=0.006)
    assert (read <= reads).all()
    assert ((read == 0) == (reads == 0)).all()
    assert reads.sum() == pytest.approx(3.0 * 120_000, rel=0.02)


def test_templates_are_read_alike_whether_few_or_many_are_drawn_at_a_time():
    templates = np.full(1_000, 7)
    few = read_templates(
        templates, mean=2.0, variation=0.0, rng=np.random.default_rng(7), at_a_time=50
    )
    assert few[0].sum() == pytest.approx(7_000 * (1.0 - np.exp(-2.0)), rel=0.02)
    assert few[1].sum() == pytest.approx(14_000, rel=0.04)
    assert len(few[0]) == len(few[1]) == 1_000
