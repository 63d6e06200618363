import numpy as np
import pytest
from tests.repertoires.sharing.small_repertoires import no_changes, repertoires_of

from macroimmune.repertoires.sharing import sharing_tables
from macroimmune.study import RepertoireSettings

DAYS = (0, 1, 8, 29)


def turnover_of(*samples):
    tables = sharing_tables(
        repertoires_of(*samples), clone_changes=no_changes(), settings=RepertoireSettings()
    )
    return tables["repertoire_turnover"]


def drawn_course(participant, novel, rng, *, days=DAYS, counted="reads"):
    """Return draws of 200 clonotypes; so many of each later one are new in it."""
    held = list(range(200))
    samples = []
    for place, day in enumerate(days):
        if place:
            fresh = int(novel[place - 1] + rng.integers(-4, 5))
            kept = rng.permutation(held)[: 200 - fresh]
            held = [*kept, *range(10_000 * place, 10_000 * place + fresh)]
        samples.append({
            "id": f"{participant}-{place}",
            "participant": participant,
            "day": day,
            "counted": counted,
            "counts": {f"c{kind:06d}": 5 for kind in held},
        })
    return samples


def cohort(novel, *, n=6, seed=1, **others):
    rng = np.random.default_rng(seed)
    return [one for k in range(n) for one in drawn_course(f"P{k}", novel, rng, **others)]


def test_percentages_by_hand_forward_and_backward():
    found = turnover_of(
        {"participant": "P1", "day": 0, "counts": {"a": 1, "b": 1, "c": 1, "d": 1}},
        {"participant": "P1", "day": 7, "counts": {"a": 1, "e": 1}},
        {"participant": "P2", "day": 0, "counts": {"a": 2}},
        {"participant": "P2", "day": 7, "counts": {"a": 1, "b": 1, "c": 2, "d": 1}},
    )
    assert found.select(
        "timepoint_before", "timepoint_after", "direction", "n_participants", "mean_percent"
    ).rows() == [
        ("day 0", "day 7", "forward", 2, (50 + 75) / 2),
        ("day 0", "day 7", "backward", 2, (75 + 0) / 2),
    ]
    assert found["sd_percent"].to_list() == pytest.approx([25 / 2**0.5, 75 / 2**0.5])
    assert found["status"][0].startswith(
        "whether turnover differs when treatment starts cannot be told: fewer than 3"
    )


def test_draws_without_a_common_schedule_are_named_by_their_order():
    found = turnover_of(
        {"participant": "P1", "day": -3, "counts": {"a": 1}},
        {"participant": "P1", "day": 20, "counts": {"b": 1}},
        {"participant": "P2", "day": -9, "counts": {"a": 1}},
        {"participant": "P2", "day": 24, "counts": {"a": 1}},
    )
    assert set(found.select("timepoint_before", "timepoint_after").rows()) == {("draw 1", "draw 2")}
    assert found["n_participants"].to_list() == [2, 2]


def test_samples_without_a_day_have_no_neighbours():
    counts = {"a": 1}
    assert turnover_of({"day": None, "counts": counts}, {"day": 3, "counts": counts}).is_empty()


def test_where_treatment_start_is_like_any_other_draw_the_words_say_so():
    found = turnover_of(*cohort((100, 100, 100)))
    assert found.height == 6
    for status in found["status"]:
        assert (
            "does not differ from that of the other neighbouring draws by more than chance"
            in status
        )
        assert "no evidence of priming" in status
        assert "reads are counted" in status


def test_turnover_that_rises_or_falls_at_treatment_start_is_told_as_it_is():
    above = turnover_of(*cohort((150, 60, 60)))["status"][0]
    assert "is above that of the other neighbouring draws" in above
    assert "no evidence" not in above
    below = turnover_of(*cohort((40, 120, 120)))["status"][0]
    assert "is below that of the other neighbouring draws" in below
    assert "no evidence of priming" in below


def test_the_words_are_wrong_about_as_often_as_95_percent_intervals_are():
    rng = np.random.default_rng(2)
    told = 0
    for seed in range(30):
        levels = rng.integers(80, 120, 3)
        found = turnover_of(*cohort(levels[[0, 0, 0]], n=4, seed=seed))
        told += "does not differ" in found.filter(direction="forward")["status"][0]
    # 95 % of 30 is 28.5 +- 1.2.
    assert told >= 25


def test_templates_are_sent_to_the_depth_matched_expectation():
    found = turnover_of(*cohort((100, 100, 100), n=3, counted="templates"))
    assert all(status.endswith("repertoire_changes.csv") for status in found["status"])
