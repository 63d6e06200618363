import numpy as np
import pytest

from macroimmune.response.score.unstimulated_level import adjusted_scores


def test_what_the_level_explains_is_taken_away():
    level = np.linspace(-2.0, 2.0, 25)
    rest = np.tile([0.1, -0.1, 0.0, 0.0, 0.0], 5)
    rest -= rest @ level / (level @ level) * level
    adjusted, status = adjusted_scores(1.0 - 0.5 * level + rest, level, np.arange(25))
    assert adjusted == pytest.approx(rest)
    assert status == ""


def test_later_samples_are_read_from_the_line_of_the_baseline():
    level = np.append(np.linspace(-2.0, 2.0, 20), 1.0)
    score = np.append(2.0 * level[:20], 5.0)
    adjusted, _ = adjusted_scores(score, level, np.arange(20))
    assert adjusted[20] == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("level", "people", "says"),
    [(np.arange(25.0), 19, "19 people"), (np.ones(25), 25, "the same in everyone")],
)
def test_too_few_people_or_one_level_give_no_adjusted_score(level, people, says):
    adjusted, status = adjusted_scores(np.arange(25.0), level, np.arange(people))
    assert np.isnan(adjusted).all()
    assert says in status
