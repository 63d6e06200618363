import numpy as np
import pytest
from tests.repertoires.sharing.small_repertoires import no_changes, repertoires_of

from macroimmune.repertoires.sharing import sharing_tables
from macroimmune.statistics import novel_kinds_elsewhere, shared_kinds
from macroimmune.study import RepertoireSettings


def tables_of(*samples):
    return sharing_tables(
        repertoires_of(*samples), clone_changes=no_changes(), settings=RepertoireSettings()
    )


def counted(counts):
    return {f"c{kind:05d}": int(count) for kind, count in enumerate(counts) if count}


def test_a_pair_of_blood_and_tumour_by_hand():
    found = tables_of(
        {"id": "early", "day": -3, "counts": {"a": 2, "b": 1, "d": 4}},
        {"id": "late", "day": 21, "counts": {"a": 1, "x": 1}},
        {"id": "biopsy", "day": -1, "compartment": "tumour", "counts": {"a": 3, "b": 1, "c": 1}},
    )["clone_sharing"]
    assert found.select("blood", "tumour", "n_tumour", "n_shared").rows() == [
        ("early", "biopsy", 3, 2),
        ("late", "biopsy", 3, 1),
    ]
    row = found.row(0, named=True)
    assert row["shared_percent"] == pytest.approx(200 / 3)
    assert row["shared_mass_tumour"] == pytest.approx(4 / 5)
    assert row["shared_mass_blood"] == pytest.approx(3 / 7)
    kernel = shared_kinds([3, 1, 1, 0], [2, 1, 0, 4])
    assert row["expected_percent"] == pytest.approx(100 * kernel.expected)
    assert row["expected_percent_low"] == pytest.approx(100 * kernel.expected_low)
    assert row["clonotype"] == "CDR3 nucleotides"


def test_reads_and_people_without_a_tumour_have_no_expectation():
    reads = {"counted": "reads", "counts": {"a": 9}}
    found = tables_of({"day": 0, **reads}, {"day": 0, "compartment": "tumour", **reads})
    (row,) = found["clone_sharing"].iter_rows(named=True)
    assert (row["shared_percent"], row["expected_percent"]) == (100.0, None)
    assert row["status"].startswith("reads are counted")
    found = tables_of({"day": 0, **reads}, {"day": 9, **reads})
    assert found["clone_sharing"].is_empty()
    assert found["novel_tumour_clones"].is_empty()


def test_the_interval_holds_the_true_share_at_these_depths():
    # Half of the tumour's clones circulate; the truth is what endless repeats would show.
    rng = np.random.default_rng(11)
    tumour = rng.pareto(1.2, 1000) + 0.1
    tumour /= tumour.sum()
    blood = np.concatenate([rng.pareto(1.2, 500) + 0.1, np.zeros(500)])
    blood = np.concatenate([blood / blood.sum() * 0.1, np.full(20_000, 0.9 / 20_000)])
    tumour = np.concatenate([tumour, np.zeros(20_000)])
    there = 1 - (1 - tumour) ** 600
    truth = (there * (1 - (1 - blood) ** 3000)).sum() / there.sum()
    held = below = 0
    for _ in range(200):
        found = shared_kinds(rng.multinomial(600, tumour), rng.multinomial(3000, blood))
        held += found.ci_low <= truth <= found.ci_high
        below += found.share < found.expected_low
    # Clones differ in their chances, so the binomial interval is rather wide: no less than 95 %.
    assert held >= 186
    # One pool would give 5 of 200 below that end.
    assert below >= 190


def novel_of(tumours, bloods, *, kind="templates"):
    samples = [
        {"day": day, "compartment": "tumour", "counted": kind, "counts": counted(counts)}
        for day, counts in tumours
    ]
    samples += [{"day": day, "counted": kind, "counts": counted(counts)} for day, counts in bloods]
    return tables_of(*samples)["novel_tumour_clones"]


def test_novel_tumour_clones_in_blood_by_hand():
    found = novel_of(
        [(-2, [3, 1, 0, 0, 0, 0]), (28, [2, 0, 1, 4, 1, 1])],
        [(-1, [1, 0, 1, 0, 0, 0]), (21, [0, 0, 1, 2, 0, 0])],
    )
    assert found.select("seen_in", "n_after", "n_novel", "n_found", "found_percent").rows() == [
        ("blood at any time", 5, 4, 2, 50.0),
        ("blood before treatment", 5, 4, 1, 25.0),
    ]
    assert found["blood"].to_list() == ["r2;r3", "r2"]
    assert (found["day_before"][0], found["day_after"][0]) == (-2, 28)


def test_biopsies_on_one_day_or_without_a_day_are_no_pair():
    counts = [1, 2]
    assert novel_of([(0, counts), (0, counts)], [(0, counts)]).is_empty()
    assert novel_of([(None, counts), (9, counts)], [(0, counts)]).is_empty()


def test_biopsies_on_treatment_alone_are_compared_with_the_next():
    found = novel_of([(9, [1, 0]), (30, [1, 1]), (60, [0, 1])], [(30, [1, 1])])
    assert found["seen_in"].to_list() == ["blood at any time"] * 2
    assert found["day_after"].to_list() == [30, 60]


def test_reads_have_no_expected_novelty():
    found = novel_of([(-2, [3, 1, 0]), (28, [2, 0, 1])], [(-1, [1, 0, 1])], kind="reads")
    assert found["n_found"].to_list() == [1, 1]
    assert found["expected_percent"].to_list() == [None, None]
    assert found["status"][0].startswith("reads are counted")


def test_clones_that_came_through_blood_are_told_from_those_that_depth_makes_novel():
    rng = np.random.default_rng(12)
    old = rng.pareto(1.3, 1500) + 0.2
    old /= old.sum()
    silent = 0
    for _ in range(100):
        before, after, blood = (rng.multinomial(size, old) for size in (500, 700, 4000))
        found = novel_kinds_elsewhere(before, after, blood)
        silent += found.expected_low <= found.share <= found.expected_high
    assert 92 <= silent <= 100
    # 300 clones come with treatment, from blood, where they are few before and many later.
    mixed = np.concatenate([old * 0.6, np.full(300, 0.4 / 300)])
    before = np.concatenate([old, np.zeros(300)])
    later_blood = np.concatenate([old * 0.9, np.full(300, 0.1 / 300)])
    samples = [
        rng.multinomial(size, shares)
        for size, shares in ((500, before), (700, mixed), (4000, before), (4000, later_blood))
    ]
    planted = novel_of([(-2, samples[0]), (28, samples[1])], [(-1, samples[2]), (21, samples[3])])
    any_time, earlier = planted.iter_rows(named=True)
    expected = any_time["expected_n_novel"]
    assert any_time["n_novel"] > expected + 3 * np.sqrt(expected)
    assert earlier["found_percent_ci_high"] < earlier["expected_percent_low"]
    assert earlier["n_found"] < any_time["n_found"]
