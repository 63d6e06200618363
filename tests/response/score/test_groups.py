import numpy as np

from macroimmune.response.score.groups import responsiveness_groups


def test_a_group_needs_an_interval_within_one_tertile():
    low = np.array([-3.0, -0.4, 0.6, -0.6, 0.4, -2.0])
    high = np.array([-0.6, 0.4, 2.0, -0.4, 0.6, 2.0])
    assert responsiveness_groups(low, high, -0.5, 0.5) == [
        "hyporesponsive",
        "intermediate",
        "hyperresponsive",
        "uncertain",
        "uncertain",
        "uncertain",
    ]


def test_without_interval_or_tertiles_the_group_is_uncertain():
    ends = np.array([0.0, np.nan])
    assert responsiveness_groups(ends, ends, np.nan, np.nan) == ["uncertain"] * 2
    assert responsiveness_groups(ends, ends, -1.0, 1.0) == ["intermediate", "uncertain"]
