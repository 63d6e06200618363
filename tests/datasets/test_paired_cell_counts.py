"""Cells of 8 donors with and without interferon beta: composition, donors paired."""

import numpy as np
import polars as pl
import pytest

from macroimmune.statistics import overdispersed_logistic

pytestmark = pytest.mark.data


@pytest.fixture
def cells(public_data):
    return pl.read_csv(public_data / "kang_ifnb" / "kang_cell_counts_8_donors.csv")


def test_paired_donors_give_the_pooled_odds_ratio_of_their_fourfold_tables(cells):
    types = cells.columns[4:]
    assert (cells.height, len(types)) == (16, 8)
    total = cells.select(pl.sum_horizontal(types)).to_series().to_numpy()
    stimulated = (cells["StimStatus"] != "ctrl").to_numpy()
    donors = cells["ind"].unique(maintain_order=True).to_list()
    pairs = np.column_stack([(cells["ind"] == d).cast(pl.Float64).to_numpy() for d in donors[1:]])
    for name in types:
        count = cells[name].to_numpy()
        paired = overdispersed_logistic(count, total, np.column_stack([stimulated, pairs]))
        assert (paired.status, paired.degrees_of_freedom) == ("", 7)
        # Mantel and Haenszel: sum of a d / n over sum of b c / n, a donor a table.
        above = below = 0.0
        for donor in donors:
            s, c = (
                int(np.flatnonzero((cells["ind"] == donor).to_numpy() & (stimulated == want))[0])
                for want in (True, False)
            )
            n = total[s] + total[c]
            above += count[s] * (total[c] - count[c]) / n
            below += count[c] * (total[s] - count[s]) / n
        # Equal where donors vary by chance alone; dispersion weighs donors a little otherwise.
        assert paired.odds_ratios[1] == pytest.approx(above / below, rel=0.05), name
        # Donors differ among each other: without pairs the same change is known far less well.
        alone = overdispersed_logistic(count, total, stimulated)
        assert alone.dispersion > paired.dispersion
        assert alone.standard_errors[1] > paired.standard_errors[1]
