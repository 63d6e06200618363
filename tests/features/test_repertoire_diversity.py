import numpy as np
import polars as pl
import pytest
from tests.repertoires.diversity.test_diversity_tables import built

from macroimmune.features.repertoire_diversity import diversity_features
from macroimmune.repertoires.diversity import diversity_tables
from macroimmune.study import RepertoireSettings


def features(*repertoires):
    parts = [diversity_tables(one, settings=RepertoireSettings()) for one in repertoires]
    rows = pl.concat([part["repertoire_diversity"] for part in parts])
    return {d.id: (d, values) for d, values in diversity_features({"repertoire_diversity": rows})}


@pytest.fixture(scope="module")
def counts():
    rng = np.random.default_rng(2)
    shares = 1.0 / np.arange(1, 501)
    drawn = rng.multinomial(3000, shares / shares.sum())
    return drawn[drawn > 0].tolist()


def test_the_evidence_is_served_by_diversity_at_a_common_coverage(counts):
    found = features(built({"a": counts, "b": counts[10:]}))
    definition, values = found["tcr_diversity"]
    assert definition.evidence == ("tcr_diversity", "tcr_diversity_control")
    assert values["value"].is_not_null().all()
    assert values["status"].str.contains("% coverage of templates").all()
    assert set(found) == {
        "tcr_diversity",
        "tcr_richness",
        "tcr_clonality",
        "tcr_diversity_observed",
        "tcr_clonality_observed",
    }


def test_what_was_counted_stands_beside_and_says_that_depth_is_in_it(counts):
    found = features(built({"a": counts}))
    definition, values = found["tcr_clonality_observed"]
    assert definition.evidence == ()
    assert values["status"].to_list() == ["as counted: follows the depth"]


def test_reads_have_only_what_was_counted(counts):
    found = features(built({"a": counts}, counted="reads"))
    _, values = found["tcr_diversity"]
    assert values["value"].to_list() == [None]
    assert values["status"].str.contains("reads are counted").all()
    assert found["tcr_diversity_observed"][1]["value"].is_not_null().all()


def test_populations_have_ids_that_the_evidence_names(counts):
    cd4 = built({"c": counts}, population="cd4_t")
    treg = built({"t": counts}, population="treg")
    found = features(built({"a": counts}), cd4, treg)
    assert found["cd4_tcr_diversity"][0].evidence == ("cd4_tcr_diversity",)
    assert "treg_clonality" in found
    assert found["treg_tcr_diversity"][0].evidence == ()
    assert "treg_tcr_richness" not in found


def test_the_first_of_templates_umis_cells_and_reads_is_taken(counts):
    reads = built({"r": counts}, counted="reads", sample="a")
    cells = built({"c": counts}, counted="cells", sample="a")
    _, values = features(reads, cells)["tcr_diversity"]
    assert values.height == 1
    assert values["status"].str.contains("of cells").all()


def test_tissue_serves_no_evidence_of_blood(counts):
    found = features(built({"a": counts}, compartments={"a": "tumour"}))
    assert found["tcr_diversity_tumour"][0].evidence == ()
