import numpy as np
import pytest

from macroimmune.mechanism.acceptance import (
    ABLATIONS,
    ablations_table,
    claim_outcomes,
    draw_values,
    draws_table,
    pass_fractions,
    run_ablations,
    run_draws,
    scored_claims,
)
from macroimmune.mechanism.model import parameters
from macroimmune.results import RESULT_TABLES


@pytest.fixture(scope="module")
def few():
    """Claims that need two runs."""
    return [c for c in scored_claims() if c.evidence_id in {"N013", "N010", "C098"}]


def test_draws_stay_within_the_ranges_and_touch_immune_parameters_alone() -> None:
    table, draws = parameters(), draw_values(16)
    assert draws == draw_values(16)
    for name in draws[0]:
        values = np.array([draw[name] for draw in draws])
        assert table[name].role == "immune"
        assert (values >= table[name].low).all()
        assert (values <= table[name].high).all()
        # A Latin hypercube: one value in each sixteenth of the range.
        low, high = table[name].low, table[name].high
        shares = np.log(values / low) / np.log(high / low) if low > 0 else values / high
        assert sorted(np.clip(shares * 16, 0, 15.999).astype(int)) == list(range(16)), name


def test_draws_are_kept_and_counted(few, tmp_path) -> None:
    drawn = run_draws(few, 3, tmp_path)
    folders = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    again = run_draws(few, 3, tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == folders
    assert np.array_equal(drawn.passed, again.passed)
    table = draws_table(drawn)
    assert dict(table.schema) == RESULT_TABLES["model_draws"].schema
    assert table["n_draws"].to_list() == [3, 3, 3]
    fractions = pass_fractions(drawn)
    assert table["pass_fraction"].to_list() == [fractions[c.evidence_id] for c in few]
    assert drawn.sizes.shape == (3, 3)


def test_what_an_ablation_costs_is_the_groups_that_pass_with_the_whole_model_alone(few) -> None:
    whole = claim_outcomes(few)
    without = run_ablations(few)
    assert set(without) == set(ABLATIONS)
    table = ablations_table(few, whole, without)
    for row in table.iter_rows(named=True):
        assert row["n_passed"] == row["n_passed_whole"] - row["n_lost"] + row["n_gained"]
        assert len([g for g in row["groups_lost"].split(";") if g]) == row["n_lost"]
    # Nothing is lost where nothing is taken away.
    same = ablations_table(few, whole, {"nothing": whole})
    assert same["n_lost"].sum() == same["n_gained"].sum() == 0
