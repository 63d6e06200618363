import numpy as np

from macroimmune.mechanism.model import Action, Engine


def test_a_host_without_a_tumour_stays_healthy() -> None:
    course = Engine().run({}, [], [0, 50, 100])
    assert course.status == ""
    assert np.allclose(course.values[0], course.values[-1], rtol=1e-4, atol=1e-6)


def test_an_action_is_done_before_its_day_is_reported() -> None:
    course = Engine().run({"growth_Tum": 0.0}, [Action(5, "Tum", "add", 2.0)], [4, 5, 6])
    assert course.values[:, course.columns.index("Tum")].tolist() == [0.0, 2.0, 2.0]
