from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given as given_by
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from macroimmune.repertoires import Repertoire, Repertoires
from macroimmune.repertoires.diversity import diversity_tables
from macroimmune.repertoires.library_dispersion import Overdispersion
from macroimmune.repertoires.repertoire import READS_STATUS
from macroimmune.results import RESULT_TABLES
from macroimmune.study import RepertoireSettings

SETTINGS = RepertoireSettings()
GENES = {"v_gene": "TRBV2", "j_gene": "TRBJ1-1", "junction": "TGTGCC", "junction_aa": "CA"}


def built(samples, counted="templates", compartments=None, population="", sample=None):
    """Return repertoires of these counts, all of one person."""
    listed, kept = [], {}
    for number, (name, counts) in enumerate(samples.items()):
        frame = pl.DataFrame({"count": sorted(counts, reverse=True)}, schema={"count": pl.Int64})
        named = [pl.lit(value).alias(key) for key, value in GENES.items()]
        kept[name] = Repertoire(
            name,
            frame.with_columns(pl.int_range(pl.len()).cast(pl.String).alias("clonotype"), *named),
        )
        listed.append({
            "repertoire_id": name, "participant_id": "p", "sample_id": sample or name,
            "days_from_treatment_start": float(number), "chain": "TRB", "population": population,
            "compartment": (compartments or {}).get(name, "blood"), "counted": counted,
            "n_libraries": 1,
        })  # fmt: skip
    frame = pl.DataFrame(listed, schema_overrides=RESULT_TABLES["repertoires"].schema)
    return Repertoires(frame, pl.DataFrame(), read=kept.__getitem__)


def measured(repertoires, settings=SETTINGS):
    return diversity_tables(repertoires, settings=settings)["repertoire_diversity"]


def in_two_libraries(samples):
    """Return the same counts, each repertoire put together from two equal libraries."""
    made = built({name: [2 * count for count in counts] for name, counts in samples.items()})

    def read(name):
        whole = made.read(name)
        half = whole.clonotypes.select("clonotype", pl.col("count") // 2)
        return replace(whole, libraries=(half, half))

    return replace(made, listed=made.listed.with_columns(n_libraries=2), read=read)


def at(rows, repertoire, measure, basis):
    return rows.filter(
        (pl.col("repertoire_id") == repertoire)
        & (pl.col("measure") == measure)
        & (pl.col("basis") == basis)
    ).row(0, named=True)


@pytest.fixture(scope="module")
def community():
    shares = 1.0 / np.arange(1, 3001) ** 0.9
    return shares / shares.sum()


@pytest.fixture(scope="module")
def depths(community):
    rng = np.random.default_rng(4)
    drawn = {f"n{n}": rng.multinomial(n, community) for n in (2000, 10000, 50000)}
    return {name: counts[counts > 0].tolist() for name, counts in drawn.items()}


def test_depth_drives_what_was_counted_and_nothing_at_a_common_coverage(depths):
    rows = measured(built(depths))
    for measure in ("hill_0", "hill_1"):
        raw = [at(rows, name, measure, "observed")["value"] for name in depths]
        same = [at(rows, name, measure, "common coverage") for name in depths]
        assert max(raw) / min(raw) > 1.08
        for one in same[1:]:
            assert one["ci_low"] < same[0]["ci_high"]
            assert same[0]["ci_low"] < one["ci_high"]
    diversity = [at(rows, name, "hill_1", "common coverage")["value"] for name in depths]
    assert max(diversity) / min(diversity) < 1.06


def test_the_shallowest_sample_stands_at_twice_its_size(depths):
    rows = measured(built(depths))
    lowest = at(rows, "n2000", "hill_0", "common coverage")
    assert lowest["size"] == pytest.approx(4000)
    assert lowest["status"].startswith("extrapolated")
    assert at(rows, "n50000", "hill_0", "common coverage")["status"] == ""


def test_a_declared_coverage_that_a_sample_does_not_reach_gives_a_status(depths):
    rows = measured(built(depths), replace(SETTINGS, coverage=0.97))
    shallow = at(rows, "n2000", "hill_1", "common coverage")
    assert shallow["value"] is None
    assert "less than the 0.97" in shallow["status"]
    deep = at(rows, "n50000", "hill_1", "common coverage")
    assert deep["coverage"] == 0.97
    assert deep["value"] > 1


def test_tissues_do_not_share_a_coverage(depths):
    rows = measured(built(depths, compartments={"n2000": "tumour"}))
    assert at(rows, "n10000", "hill_1", "common coverage")["size"] == pytest.approx(20000)


def test_reads_have_observed_measures_and_a_status_for_the_rest(depths):
    tables = diversity_tables(built(depths, counted="reads"), settings=SETTINGS)
    rows = tables["repertoire_diversity"]
    others = rows.filter(pl.col("basis") != "observed")
    assert others["value"].is_null().all()
    assert (others["status"] == READS_STATUS).all()
    observed = rows.filter(pl.col("basis") == "observed")
    assert observed["value"].is_not_null().all()
    assert observed["coverage"].is_null().all()
    assert tables["rarefaction"].is_empty()
    assert not tables["clone_ranks"].is_empty()


def test_poor_repertoires_have_a_status_and_leave_the_others_alone(depths):
    poor = {"few": [3, 2, 1], "once": [1] * 50, "none": [], "one": [400]}
    alone, together = measured(built(depths)), measured(built({**depths, **poor}))
    for name in depths:
        assert at(together, name, "hill_1", "common coverage") == at(
            alone, name, "hill_1", "common coverage"
        )
    assert "at least 20" in at(together, "few", "hill_1", "common coverage")["status"]
    assert "counted twice" in at(together, "once", "hill_1", "common coverage")["status"]
    assert "empty" in at(together, "none", "hill_1", "common coverage")["status"]
    single = at(together, "one", "hill_1", "common coverage")
    assert (single["value"], single["ci_low"], single["ci_high"]) == (1.0, 1.0, 1.0)
    assert at(together, "one", "shannon_clonality", "observed")["value"] is None
    assert at(together, "one", "simpson_clonality", "observed")["value"] == 1.0


def test_the_curve_meets_the_sample_and_ends_at_twice_its_size(depths):
    curve = diversity_tables(built(depths), settings=SETTINGS)["rarefaction"]
    one = curve.filter((pl.col("repertoire_id") == "n10000") & (pl.col("order") == 0))
    assert one["size"].is_sorted()
    assert one["size"].max() == 20000
    seen = one.filter(pl.col("part") == "observed")
    assert seen["value"].to_list() == pytest.approx([len(depths["n10000"])])
    assert set(one["part"]) == {"rarefied", "observed", "extrapolated"}
    assert (one["ci_low"] <= one["value"]).all()
    assert one["coverage"].is_sorted()


def test_the_tables_are_those_that_were_declared(depths):
    for name, frame in diversity_tables(built(depths), settings=SETTINGS).items():
        assert frame.schema == RESULT_TABLES[name].schema
        assert frame["repertoire_id"].unique(maintain_order=True).to_list() == list(depths)


def test_one_failed_sample_does_not_thin_all_others_to_nothing(community):
    rng = np.random.default_rng(6)
    sizes = {"a": 20_000, "b": 20_000, "c": 15_000, "failed": 60}
    drawn = {name: rng.multinomial(n, community).tolist() for name, n in sizes.items()}
    counts = {name: [one for one in some if one] for name, some in drawn.items()}
    without = {name: some for name, some in counts.items() if name != "failed"}
    rows, alone = measured(built(counts)), measured(built(without))
    for name in without:
        found = at(rows, name, "hill_1", "common coverage")
        assert found["value"] == at(alone, name, "hill_1", "common coverage")["value"]
    failed = at(rows, "failed", "hill_1", "common coverage")
    assert failed["value"] is None
    assert failed["status"].startswith("covers at most")


def test_convergence_is_not_told_where_nucleotides_do_not_tell_clonotypes_apart():
    found = built({"a": [5, 3, 1]})
    row = at(measured(found), "a", "convergence", "observed")
    assert row["value"] == 1.0
    settings = RepertoireSettings(sequence="amino acid")
    row = at(measured(found, settings), "a", "convergence", "observed")
    assert row["value"] is None
    assert row["status"].startswith("nucleotide CDR3s are not known, or do not tell")


def test_intervals_name_their_over_dispersion_and_widen_with_it(depths):
    narrow = measured(built(depths), replace(SETTINGS, overdispersion=0.0))
    wide = measured(built(depths), replace(SETTINGS, overdispersion=0.1))
    for measure in ("hill_0", "hill_1", "hill_2", "shannon_clonality", "simpson_clonality"):
        one, other = (at(rows, "n50000", measure, "common coverage") for rows in (narrow, wide))
        assert one["value"] == other["value"]
        assert other["ci_high"] - other["ci_low"] > one["ci_high"] - one["ci_low"]
        assert (other["overdispersion"], other["overdispersion_source"]) == (
            0.1, "the stated prior",
        )  # fmt: skip
    assert at(wide, "n50000", "hill_1", "observed")["overdispersion"] is None


def test_two_libraries_put_together_halve_the_over_dispersion(depths):
    kind = ("blood", "TRB", "", "templates")
    known = {kind: Overdispersion(0.04, 0.03, 0.05, "replicates: 3 pairs of libraries", "")}
    given = in_two_libraries(depths)
    rows = diversity_tables(given, settings=SETTINGS, dispersions=known)["repertoire_diversity"]
    row = at(rows, "n10000", "hill_2", "common coverage")
    assert row["overdispersion"] == pytest.approx(0.02)
    assert row["overdispersion_source"].startswith("replicates")


@hypothesis_settings(max_examples=25)
@given_by(st.lists(st.integers(1, 9), min_size=8, max_size=40).filter(lambda x: sum(x) >= 20))
def test_shannon_clonality_lies_between_0_and_1_or_says_why_not(counts):
    row = at(measured(built({"a": counts})), "a", "shannon_clonality", "common coverage")
    if row["value"] is None:
        assert row["status"]
    else:
        assert 0.0 <= row["ci_low"] <= row["value"] <= row["ci_high"] <= 1.0


def test_extrapolated_entropy_above_that_of_clonotypes_gives_no_shannon_clonality():
    rows = measured(built({"even": [2, 2, 2, 2, 4, 2, 2, 1, 2, 1, 2, 1, 1, 1]}))
    shannon = at(rows, "even", "shannon_clonality", "common coverage")
    assert (shannon["value"], shannon["ci_low"], shannon["ci_high"]) == (None, None, None)
    assert shannon["status"].startswith("the extrapolated entropy exceeds")
    assert at(rows, "even", "simpson_clonality", "common coverage")["value"] > 0.0
