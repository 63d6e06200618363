from collections.abc import Sequence

import numpy as np
import pytest

from macroimmune.cytometry import FileThresholds, Threshold
from macroimmune.cytometry.gating import shrink_thresholds
from macroimmune.cytometry.gating.shrinkage import FAR_FROM_OTHERS
from macroimmune.errors import InputError


def files_of(
    values: Sequence[float], errors: Sequence[float], statuses: Sequence[str] | None = None
) -> list[FileThresholds]:
    """Return files with one threshold each."""
    return [
        FileThresholds(
            f"{place}.fcs",
            (
                Threshold(
                    "CD25", "cd4_t", "positive", value, error, value, error, 1.0, "valley", status
                ),
            ),
            (),
        )
        for place, (value, error, status) in enumerate(
            zip(values, errors, statuses or [""] * len(values), strict=True)
        )
    ]


def values_of(files: Sequence[FileThresholds]) -> np.ndarray:
    return np.array([file.thresholds[0].value for file in files])


def test_thresholds_that_differ_by_their_errors_alone_become_their_weighted_mean() -> None:
    shrunk = shrink_thresholds(files_of([1.9, 2.0, 2.1, 2.0], [0.3, 0.3, 0.3, 0.3]))
    assert values_of(shrunk) == pytest.approx([2.0] * 4)
    assert [file.thresholds[0].weight for file in shrunk] == [0.0] * 4
    assert shrunk[0].thresholds[0].own_value == 1.9


def test_precise_thresholds_that_differ_stay_where_they_are() -> None:
    shrunk = shrink_thresholds(files_of([1.0, 2.0, 3.0, 4.0], [0.01] * 4))
    assert values_of(shrunk) == pytest.approx([1.0, 2.0, 3.0, 4.0], abs=0.01)


def test_shrinking_lowers_the_error_of_imprecise_thresholds() -> None:
    rng = np.random.default_rng(1)
    true = 2 + 0.1 * rng.standard_normal(40)
    errors = rng.uniform(0.05, 0.5, 40)
    own = true + errors * rng.standard_normal(40)
    shrunk = values_of(shrink_thresholds(files_of(own.tolist(), errors.tolist())))
    assert np.mean((shrunk - true) ** 2) < 0.35 * np.mean((own - true) ** 2)


def test_intervals_of_shrunk_thresholds_hold_the_truth() -> None:
    rng = np.random.default_rng(2)
    true = 2 + 0.2 * rng.standard_normal(400)
    errors = rng.uniform(0.1, 0.4, 400)
    own = true + errors * rng.standard_normal(400)
    shrunk = [f.thresholds[0] for f in shrink_thresholds(files_of(own.tolist(), errors.tolist()))]
    held = [
        abs(one.value - t) < 1.96 * one.standard_error for one, t in zip(shrunk, true, strict=True)
    ]
    # Binomial SD 0.011 over 400 files.
    assert np.mean(held) == pytest.approx(0.95, abs=0.035)


def test_a_file_without_its_own_threshold_gets_that_of_the_cohort_with_a_wider_error() -> None:
    files = files_of([1.8, 2.0, 2.2, 2.1, 9.0], [0.05] * 5, ["", "", "", "", "no separation seen"])
    last = shrink_thresholds(files)[-1].thresholds[0]
    assert last.value == pytest.approx(2.025, abs=0.02)
    assert last.standard_error > 0.1
    assert (last.method, last.weight) == ("cohort", 0.0)
    assert "no separation seen" in last.status


def test_one_wild_file_moves_the_others_little_and_is_told_of() -> None:
    values = [2.0, 2.1, 1.9, 2.05, 1.95, 2.0]
    without = values_of(shrink_thresholds(files_of(values, [0.1] * 6)))
    with_wild = shrink_thresholds(files_of([*values, 5.0], [0.1] * 7))
    assert values_of(with_wild)[:6] == pytest.approx(without, abs=0.02)
    wild = with_wild[-1].thresholds[0]
    assert wild.status == FAR_FROM_OTHERS
    # Which valley is the right one is not known: the error reaches to the others.
    assert wild.standard_error >= wild.value - 2.0


def test_batches_with_enough_files_have_their_own_mean() -> None:
    values = [1.0, 1.1, 0.9, 1.05, 0.95, 3.0, 3.1, 2.9, 3.05, 2.95]
    shrunk = values_of(shrink_thresholds(files_of(values, [0.2] * 10), ["a"] * 5 + ["b"] * 5))
    assert shrunk[:5] == pytest.approx([1.0] * 5, abs=0.05)
    assert shrunk[5:] == pytest.approx([3.0] * 5, abs=0.05)


def test_one_or_two_files_keep_their_own() -> None:
    files = files_of([1.0, 3.0], [0.5, 0.5])
    assert values_of(shrink_thresholds(files)).tolist() == [1.0, 3.0]


def test_a_batch_for_each_file_is_asked_for() -> None:
    with pytest.raises(InputError, match="1 batches for 2 files"):
        shrink_thresholds(files_of([1.0, 2.0], [0.1, 0.1]), ["a"])
