"""The share of similar receptors as a feature: one per sample, of all T cells."""

import polars as pl
import pytest

from macroimmune.features.receptor_neighbours import neighbour_features
from macroimmune.results import RESULT_TABLES, conform, empty


def rows(*samples: dict[str, object]) -> dict[str, pl.DataFrame]:
    usual = {
        "chain": "TRB",
        "population": "",
        "counted": "templates",
        "compartment": "blood",
        "days_from_treatment_start": -3.0,
        "status": "",
    }
    schema = RESULT_TABLES["receptor_neighbours"].schema
    frame = pl.DataFrame([usual | one for one in samples], schema=schema)
    return {"receptor_neighbours": conform("receptor_neighbours", frame)}


def one(sample: str, share: float | None, **options) -> dict[str, object]:
    return {
        "participant_id": sample[:2],
        "sample_id": sample,
        "share_at_common_size": share,
        **options,
    }


def test_the_share_is_in_percent_and_of_each_compartment_apart():
    found = neighbour_features(
        rows(one("p1a", 0.25), one("p1t", 0.1, compartment="tumour"), one("p2a", None, status="x"))
    )
    assert [definition.id for definition, _ in found] == [
        "tcr_neighbour_share",
        "tcr_neighbour_share_tumour",
    ]
    blood = found[0][1]
    assert blood["value"].to_list() == [25.0, None]
    assert blood["status"].to_list() == ["", "x"]
    assert found[0][0].scale == "share"


def test_of_several_countings_the_first_in_order_stands_and_is_named():
    found = neighbour_features(
        rows(one("p1a", 0.5, counted="reads"), one("p1a", 0.25, counted="umis"))
    )
    (row,) = found[0][1].rows(named=True)
    assert row["value"] == pytest.approx(25.0)
    assert row["status"] == "umis of several countings"


def test_populations_and_other_chains_are_no_part_of_it():
    found = neighbour_features(
        rows(one("p1a", 0.5, population="cd8_t"), one("p1a", 0.5, chain="TRA"))
    )
    assert found == []
    assert neighbour_features({"receptor_neighbours": empty("receptor_neighbours")}) == []
