import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.repertoires.diversity import observed_diversity
from macroimmune.statistics import frequency_counts

counted = st.lists(st.integers(1, 60), min_size=1, max_size=40)


@given(counted)
def test_measures_per_count_are_those_per_clonotype(counts):
    found = observed_diversity(frequency_counts(counts))
    x = np.sort(counts)[::-1].astype(float)
    p = x / x.sum()
    assert found.hill_0 == len(counts)
    assert found.hill_1 == pytest.approx(np.exp(-(p * np.log(p)).sum()))
    assert found.hill_2 == pytest.approx(1 / (p**2).sum())
    pairs = np.abs(x[:, None] - x).sum() / (2 * x.size * x.sum())
    assert found.gini == pytest.approx(pairs, abs=1e-12)
    half = int(np.argmax(2 * np.cumsum(x) >= x.sum())) + 1
    assert found.d50 == half
    assert found.d50_share == pytest.approx(half / x.size)
    for number, share in ((1, found.top_1_share), (10, found.top_10_share)):
        assert share == pytest.approx(p[:number].sum())


@given(counted)
def test_twice_every_count_changes_no_share(counts):
    one = observed_diversity(frequency_counts(counts))
    two = observed_diversity(frequency_counts([2 * count for count in counts]))
    for name in one.__slots__:
        assert getattr(one, name) == pytest.approx(getattr(two, name), abs=1e-12, nan_ok=True)


def test_a_single_clonotype_has_no_shannon_clonality_and_simpson_clonality_1():
    found = observed_diversity(frequency_counts([7]))
    assert np.isnan(found.shannon_clonality)
    assert (found.simpson_clonality, found.gini, found.hill_1) == (1.0, 0.0, 1.0)


def test_nothing_has_no_diversity():
    found = observed_diversity(frequency_counts([]))
    assert all(np.isnan(getattr(found, name)) for name in found.__slots__)


@pytest.mark.data
def test_the_published_clonalities_of_56_blood_samples_come_out(public_data):
    """A clonotype is a nucleotide CDR3 with its V and J gene; each is one row of the table."""
    folder = public_data / "iokin_tcr"
    clones = pl.read_csv(folder / "03_IOKIN_BuffyCoat_TRB-CDR3.csv")
    published = pl.read_csv(folder / "06_IOKIN_BuffyCoat_ClonalityIndices_DownSampled.csv")
    keys = ["Patient_id", "Cycle"]
    counted = (
        clones
        .group_by(*keys, "nSeqCDR3", "allVHitsWithScore", "allJHitsWithScore")
        .agg(pl.col("cloneCount").sum())
        .group_by(keys)
        .agg("cloneCount")
        .join(published, on=keys, how="inner")
    )
    assert counted.height == published.height == 56
    for row in counted.iter_rows(named=True):
        found = observed_diversity(frequency_counts(row["cloneCount"]))
        assert found.shannon_clonality == pytest.approx(row["Shannon_Clonality"], abs=1e-12)
        assert found.simpson_clonality == pytest.approx(row["Simpson_Clonality"], abs=1e-12)
