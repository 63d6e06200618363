import polars as pl
import pytest
from tests.repertoires.sharing.small_repertoires import no_changes, repertoires_of

from macroimmune.repertoires.sharing import sharing_tables
from macroimmune.results import RESULT_TABLES
from macroimmune.study import RepertoireSettings


def tracking_of(*samples, changes=None):
    return sharing_tables(
        repertoires_of(*samples),
        clone_changes=no_changes() if changes is None else changes,
        settings=RepertoireSettings(),
    )["clone_tracking"]


def changed(**calls):
    rows = [
        {"before": "r0", "after": "r1", "clonotype": name, "call": call, "q_value": 0.01,
         "count_before": 1, "count_after": 9}
        for name, call in calls.items()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=RESULT_TABLES["clone_changes"].schema)


BASELINE = {"id": "r0", "day": -1, "counts": {"a": 5, "b": 3, "c": 2}}
LATER = {"id": "r1", "day": 21, "counts": {"a": 1, "c": 8, "d": 1}}
TUMOUR = {"id": "t", "day": 0, "compartment": "tumour", "counts": {"c": 2, "e": 2}}


def test_followed_clones_and_why_by_hand():
    found = tracking_of(
        BASELINE, LATER, TUMOUR, changes=changed(c="expanded", d="", a="contracted")
    )
    why = dict(found.select("clonotype", "followed_as").unique().rows())
    assert why == {
        "a": "largest at baseline; contracted",
        "b": "largest at baseline",
        "c": "largest at baseline; expanded; tumour clone",
        "e": "tumour clone",
    }
    assert found.height == 4 * 3
    rows = found.filter(clonotype="c").sort("repertoire_id")
    assert rows.select("repertoire_id", "count").rows() == [("r0", 2), ("r1", 8), ("t", 2)]
    assert rows["share"].to_list() == pytest.approx([0.2, 0.8, 0.5])
    assert rows["junction_aa"].unique().to_list() == ["CcF"]
    assert found.filter(clonotype="b", repertoire_id="r1")["share"].to_list() == [0.0]


def test_few_clones_are_followed_however_many_there_are():
    many = {f"k{i:03d}": i + 1 for i in range(200)}
    found = tracking_of({"day": 0, "counts": many}, {"day": 9, "counts": many})
    assert found["clonotype"].n_unique() == 10
    assert found["clonotype"].sort()[0] == "k190"


def test_one_repertoire_is_not_followed():
    assert tracking_of(BASELINE).is_empty()
