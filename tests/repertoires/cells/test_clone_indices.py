"""Expansion and spread of clones: by hand, by loops, silent under shuffled labels, and found."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.repertoires.cells import CloneQuestion, clone_indices

N_STRATA, N_LABELS = 2, 3
EVERY = np.ones((N_STRATA, N_LABELS + 1), dtype=bool)
TISSUE = np.repeat(np.arange(N_STRATA)[:, None], N_LABELS + 1, axis=1)
LABEL = np.tile([0, 1, 2, -1], (N_STRATA, 1))


def of_label(*codes: int) -> np.ndarray:
    return np.tile(np.isin(np.arange(N_LABELS + 1), codes), (N_STRATA, 1))


QUESTIONS = (
    CloneQuestion(EVERY),
    CloneQuestion(of_label(0)),
    CloneQuestion(of_label(1), TISSUE, 2),
    CloneQuestion(of_label(0, 1, 2), LABEL, 3),
    CloneQuestion(of_label(0, 2), np.where(of_label(0, 2), LABEL // 2, -1), 2),
)


def by_loop(clones, strata, labels, question: CloneQuestion) -> float:
    """The index by its definition, a clone at a time, in bits."""

    def entropy(sizes: np.ndarray) -> float:
        share = sizes[sizes > 0] / sizes.sum()
        return float(-(share * np.log2(share)).sum())

    member = question.is_of[strata, labels]
    if question.place is None:
        sizes = np.bincount(clones[member])
        return 1.0 - entropy(sizes) / np.log2((sizes > 0).sum())
    place, total = question.place[strata, labels], 0.0
    for clone in np.unique(clones[member]):
        own = place[(clones == clone) & (place >= 0)]
        if own.size:
            total += (member & (clones == clone)).sum() * entropy(np.bincount(own))
    return total / member.sum() / np.log2(question.n_places)


def some_cells(rng: np.random.Generator, n: int = 300, clones: int = 80):
    weights = 1.0 / np.arange(1, clones + 1)
    return (
        rng.choice(clones, n, p=weights / weights.sum()),
        rng.integers(0, N_STRATA, n),
        rng.integers(0, N_LABELS + 1, n),
    )


def test_one_clone_split_evenly_over_two_tissues_has_spread_1_and_in_one_tissue_0():
    over = CloneQuestion(EVERY, TISSUE, 2)
    split = clone_indices(
        [0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0], [over], rng=np.random.default_rng(1)
    )
    alone = clone_indices(
        [0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0], [over], rng=np.random.default_rng(1)
    )
    assert split.value.tolist() == [1.0]
    assert alone.value.tolist() == [0.0]


def test_clones_of_equal_size_are_not_expanded_and_one_clone_alone_has_a_status():
    size = CloneQuestion(EVERY)
    even = clone_indices([0, 0, 1, 1, 2, 2], [0] * 6, [0] * 6, [size], rng=np.random.default_rng(1))
    alone = clone_indices([0, 0], [0, 0], [0, 0], [size], rng=np.random.default_rng(1))
    nobody = clone_indices(
        [0], [0], [0], [CloneQuestion(of_label(2))], rng=np.random.default_rng(1)
    )
    assert even.value.tolist() == [0.0]
    assert np.isnan(alone.value[0])
    assert alone.status == ("one clonotype alone has no evenness",)
    assert nobody.status == ("no cells",)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_indices_equal_their_definition_clone_by_clone(seed):
    rng = np.random.default_rng(seed)
    cells = some_cells(rng)
    found = clone_indices(*cells, QUESTIONS, rng=rng, shuffles=0, resamples=0)
    expected = [by_loop(*cells, question) for question in QUESTIONS]
    assert found.value == pytest.approx(expected, rel=1e-12)
    assert np.isnan(found.ci_low).all()
    assert np.isnan(found.p_value).all()


def test_what_is_expected_equals_the_mean_of_labels_shuffled_within_samples():
    rng = np.random.default_rng(4)
    clones, strata, labels = some_cells(rng)
    found = clone_indices(clones, strata, labels, QUESTIONS, rng=rng, resamples=0)
    drawn = []
    for _ in range(400):
        mixed = labels.copy()
        for stratum in range(N_STRATA):
            own = np.flatnonzero((strata == stratum) & (labels != N_LABELS))
            mixed[own] = rng.permutation(labels[own])
        drawn.append([by_loop(clones, strata, mixed, question) for question in QUESTIONS])
    mean = np.mean(drawn, axis=0)
    error = np.std(drawn, axis=0) * np.sqrt(1 / 400 + 1 / 1000)
    # All cells together are the same cells whatever their labels.
    assert np.isnan(found.expected[0])
    assert (np.abs(found.expected - mean)[1:] < 4 * error[1:]).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_names_of_clones_and_order_of_cells_change_no_index(seed):
    rng = np.random.default_rng(seed)
    clones, strata, labels = some_cells(rng, n=60, clones=25)
    renamed, order = rng.permutation(25), rng.permutation(60)
    one = clone_indices(clones, strata, labels, QUESTIONS, rng=rng, shuffles=0, resamples=0)
    other = clone_indices(
        renamed[clones][order], strata[order], labels[order], QUESTIONS,
        rng=rng, shuffles=0, resamples=0,
    )  # fmt: skip
    assert one.value == pytest.approx(other.value, rel=1e-9, abs=1e-12, nan_ok=True)
    assert one.n_clones.tolist() == other.n_clones.tolist()


def test_nothing_is_found_where_labels_are_shuffled():
    rng = np.random.default_rng(5)
    p_values = np.array([
        clone_indices(*some_cells(rng), QUESTIONS, rng=rng, shuffles=99, resamples=0).p_value
        for _ in range(300)
    ])[:, 1:]
    # Of 300, 5 % are 15 with SD 3.8.
    found = (p_values <= 0.05).sum(axis=0)
    assert (found <= 27).all()
    assert (found >= 4).all()


def test_a_population_of_large_clones_and_one_that_is_shared_between_tissues_are_found():
    rng = np.random.default_rng(6)
    n = 1_200
    labels, strata = rng.integers(0, N_LABELS, n), rng.integers(0, N_STRATA, n)
    # Label 0 has few clones; those of label 1 stay in their tissue, those of label 2 do not.
    clones = np.select(
        [labels == 0, labels == 1],
        [rng.integers(0, 15, n), 1_000 + 400 * strata + rng.integers(0, 150, n)],
        3_000 + rng.integers(0, 150, n),
    )
    clones = np.where(labels == 0, clones + 100 * strata, clones)
    questions = [
        CloneQuestion(of_label(0)), CloneQuestion(of_label(1)),
        CloneQuestion(of_label(1), TISSUE, 2), CloneQuestion(of_label(2), TISSUE, 2),
        CloneQuestion(of_label(0, 1, 2), LABEL, 3),
    ]  # fmt: skip
    clones = np.unique(clones, return_inverse=True)[1]
    found = clone_indices(clones, strata, labels, questions, rng=rng)
    assert found.value[2] == 0.0
    assert found.p_value[3] == pytest.approx(1 / 1001)
    assert found.p_value[2] == 1.0
    # No clone has two labels, where shuffled ones would mix.
    assert found.value[4] == 0.0
    assert found.expected[4] > 0.5
    assert found.ci_low[3] < found.value[3] < found.ci_high[3]


def test_intervals_hold_the_index_of_many_clones_at_the_nominal_rate():
    rng = np.random.default_rng(7)
    question = [CloneQuestion(EVERY), CloneQuestion(EVERY, TISSUE, 2)]

    def person(clones: int):
        size = rng.geometric(0.4, clones)
        where = np.repeat(rng.beta(0.5, 0.5, clones), size)
        strata = (rng.random(size.sum()) < where).astype(int)
        return np.repeat(np.arange(clones), size), strata, np.zeros(size.sum(), int)

    # Expansion is over log(clones), so the truth is that of as many clones; from 400 people.
    kernel = {"rng": rng, "shuffles": 0}
    truth = np.mean(
        [clone_indices(*person(300), question, resamples=0, **kernel).value for _ in range(400)],
        axis=0,
    )
    hits = np.zeros(2)
    for _ in range(300):
        found = clone_indices(*person(300), question, resamples=400, **kernel)
        hits += (found.ci_low <= truth) & (truth <= found.ci_high)
    # 0.95 of 300 has SD 0.013.
    assert (hits / 300 > 0.91).all()
    assert (hits / 300 < 0.985).all()


def test_codes_that_do_not_fit_are_refused():
    rng = np.random.default_rng(1)
    with pytest.raises(InputError, match="one clone, stratum and label per cell"):
        clone_indices([0, 1], [0], [0], QUESTIONS, rng=rng)
    with pytest.raises(InputError, match="codes of labels from 0 to 3: found 4 to 4"):
        clone_indices([0], [0], [4], QUESTIONS, rng=rng)
    with pytest.raises(InputError, match="one number of strata and labels"):
        clone_indices([0], [0], [0], [*QUESTIONS, CloneQuestion(EVERY[:1])], rng=rng)
