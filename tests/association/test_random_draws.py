"""Random draws belong to a seed and to what they are for."""

import numpy as np

from macroimmune.association.random_draws import random_draws


def test_the_same_seed_and_labels_give_the_same_draws():
    first, second = (random_draws(7, "bootstrap", "nlr", "os", None).random(5) for _ in range(2))
    assert np.array_equal(first, second)


def test_another_seed_or_another_label_gives_other_draws():
    first = random_draws(7, "bootstrap", "nlr", "os", None).random(5)
    for other in (
        random_draws(8, "bootstrap", "nlr", "os", None),
        random_draws(7, "permutation", "nlr", "os", None),
        random_draws(7, "bootstrap", "nlr", "os", 42.0),
    ):
        assert not np.isin(other.random(5), first).any()
