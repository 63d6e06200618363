"""Fits of toys whose best point is known, and what a second run in the same folder asks."""

import json

import numpy as np
import pytest

from macroimmune.mechanism.fitting import (
    FitPlan,
    Objective,
    ParameterSpace,
    Terms,
    fit,
    latin_starts,
    search,
)

OPEN = np.inf
LOW, HIGH = np.log(0.1), np.log(10.0)


def space(count):
    ends = np.full(count, LOW), np.full(count, HIGH)
    wide = np.full(count, 1e3)
    return ParameterSpace(
        tuple(f"p{n}" for n in range(count)), np.zeros(count), *ends, np.zeros(count), wide
    )


def terms(centre, low, high):
    n_quantities, count = len(centre), len(centre) + len(low)
    pad = np.full(len(low), np.nan)
    front = np.full(n_quantities, np.nan)
    return Terms(
        tuple(f"t{n}" for n in range(count)),
        ("toy",) * count,
        np.arange(count) >= n_quantities,
        np.concatenate([centre, pad]),
        np.concatenate([np.full(n_quantities, 0.1), pad]),
        np.concatenate([front, low]),
        np.concatenate([front, high]),
        np.ones(count),
    )


def measured(values):
    """Two quantities that are curved in the logs, and two claims on their sum."""
    first, second = np.log(values["p0"]), np.log(values["p1"])
    return np.array([
        first + 0.3 * second**2,
        second - 0.2 * first * second,
        first + second,
        first - second,
    ])


TRUE = np.array([0.7, -0.9])


def toy():
    at = measured({"p0": np.exp(TRUE[0]), "p1": np.exp(TRUE[1])})
    # The claims pass at the true point: one just, the other with room.
    return Objective(
        space(2), terms(at[:2], np.array([at[2] - 0.01, 0.5]), np.array([OPEN, OPEN])), measured
    )


def test_a_search_finds_the_known_point_of_a_curved_toy():
    found = search(toy(), np.zeros(2), evaluations=200, block=2, rng=np.random.default_rng(1))
    assert found.loss < 1e-3
    assert found.logs == pytest.approx(TRUE, abs=0.02)
    assert found.evaluations <= 200


def test_claims_alone_are_brought_inside_their_regions():
    objective = Objective(
        space(2),
        terms(np.array([]), np.array([0.8, 0.5]), np.array([OPEN, OPEN])),
        lambda values: measured(values)[2:],
    )
    found = search(objective, np.zeros(2), evaluations=60, block=1, rng=np.random.default_rng(2))
    assert objective.by_section(found.logs, found.measured)["toy"] == 0.0


def test_a_search_stays_within_the_range_and_within_its_evaluations():
    far = Objective(
        space(2),
        terms(np.array([50.0, 50.0]), np.array([]), np.array([])),
        lambda values: np.log(list(values.values())),
    )
    found = search(far, np.zeros(2), evaluations=40, block=1, rng=np.random.default_rng(3))
    assert found.logs == pytest.approx([HIGH, HIGH])
    assert found.evaluations <= 40


def test_starts_are_the_table_and_one_per_stratum():
    starts = latin_starts(space(3), 9, np.random.default_rng(5))
    assert starts[0].tolist() == [0.0, 0.0, 0.0]
    strata = np.floor((starts[1:] - LOW) / (HIGH - LOW) * 8).astype(int)
    assert (np.sort(strata, axis=0) == np.arange(8)[:, None]).all()


def test_a_fit_from_many_starts_finds_the_known_point_and_sorts(tmp_path):
    found = fit(toy, FitPlan(3, 150, block=2), tmp_path)
    assert [one.loss for one in found] == sorted(one.loss for one in found)
    assert found[0].logs == pytest.approx(TRUE, abs=0.02)


def test_a_stopped_fit_asks_only_what_it_lacks_and_ends_the_same(tmp_path):
    whole = fit(toy, FitPlan(1, 60, block=2), tmp_path / "whole")
    log = next((tmp_path / "whole").glob("asked-*"))
    lines = log.read_text().splitlines()
    again = tmp_path / "again"
    again.mkdir()
    # As a kill leaves it: half of the answers, and half a line.
    half = lines[: len(lines) // 2]
    (again / log.name).write_text("\n".join([*half, lines[-1][:30]]))
    second = fit(toy, FitPlan(1, 60, block=2), again)
    assert second[0].logs.tolist() == whole[0].logs.tolist()
    answers = (again / log.name).read_text().splitlines()
    assert [json.loads(line) for line in answers] == [json.loads(line) for line in lines]


@pytest.mark.parametrize(("evaluations", "block"), [(3, 2), (4, 3), (6, 3)])
def test_a_search_asks_the_model_no_oftener_than_it_may(evaluations, block):
    asked = []
    objective = Objective(space(6), toy().terms, lambda values: asked.append(1) or measured(values))
    found = search(
        objective,
        np.zeros(6),
        evaluations=evaluations,
        block=block,
        rng=np.random.default_rng(4),
    )
    assert len(asked) == found.evaluations <= evaluations
