import numpy as np
import pytest

from macroimmune.mechanism.clones import SampledBiopsy, SampledBlood, novel_shares


def biopsy(day, cells, exhausted=None):
    cells = np.array(cells)
    tired = np.zeros_like(cells) if exhausted is None else np.array(exhausted)
    return SampledBiopsy(day, cells, tired, "")


def blood(day, cells):
    return SampledBlood(day, np.array(cells), np.zeros(0, np.int64), 0, 0, 0)


def test_shares_by_hand():
    # Clones: kept, novel exhausted in blood before, novel exhausted in blood after, novel, once.
    before = biopsy(0.0, [3, 0, 0, 0, 0])
    after = biopsy(60.0, [2, 4, 2, 3, 1], [0, 2, 2, 1, 1])
    found = novel_shares(before, after, (blood(0.0, [9, 1, 0, 0, 0]), blood(60.0, [0, 0, 5, 0, 9])))
    assert (found.clones, found.novel) == (4, 3)
    assert found.novel_share == pytest.approx(3 / 4)
    assert found.exhausted_share == pytest.approx(2 / 3)
    assert found.blood_share == pytest.approx(2 / 3)
    assert found.earlier_blood_share == pytest.approx(1 / 3)
    assert found.novel_share_of_exhausted == 1.0
    assert found.status == ""


def test_clones_seen_once_count_where_that_is_asked_for():
    before, after = biopsy(0.0, [3, 0]), biopsy(60.0, [2, 1])
    assert novel_shares(before, after, ()).clones == 1
    assert novel_shares(before, after, (), least_cells=1).clones == 2


def test_no_novel_clone_is_a_status():
    found = novel_shares(biopsy(0.0, [3]), biopsy(60.0, [2]), ())
    assert found.novel_share == 0.0
    assert np.isnan(found.blood_share)
    assert found.status == "no clone of the later biopsy is novel"


def test_an_empty_biopsy_is_a_status():
    found = novel_shares(biopsy(0.0, [3]), biopsy(60.0, [0]), ())
    assert found.clones == 0
    assert found.status == "no clone of the later biopsy has enough cells"
