"""Tables of changes from repertoires that are drawn here: nothing changed, or known clones did."""

import numpy as np
import polars as pl
import pytest

from macroimmune.repertoires import Repertoire, Repertoires
from macroimmune.repertoires.changes import change_tables
from macroimmune.repertoires.repertoire import CLONOTYPE_COLUMNS, READS_STATUS
from macroimmune.results import RESULT_TABLES
from macroimmune.study import RepertoireSettings

SHARES = (np.arange(1, 30_001) + 5.0) ** -1.1
SHARES /= SHARES.sum()


def frame(counts):
    seen = np.flatnonzero(counts)
    names = [f"C{place:06d}" for place in seen]
    columns = {"clonotype": names, "junction_aa": names, "count": counts[seen]}
    rows = pl.DataFrame(columns).with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in ("v_gene", "j_gene", "junction")
    )
    return rows.select(CLONOTYPE_COLUMNS.keys()).cast(dict(CLONOTYPE_COLUMNS))


def repertoires(samples, counted="templates"):
    """Return repertoires of (id, participant, compartment, day, libraries of counts)."""
    held, rows = {}, []
    for identity, participant, compartment, day, libraries in samples:
        whole = np.sum(libraries, axis=0)
        several = [frame(one).select("clonotype", "count") for one in libraries]
        held[identity] = Repertoire(
            identity, frame(whole), tuple(several) if len(several) > 1 else ()
        )
        rows.append({
            "repertoire_id": identity, "participant_id": participant, "sample_id": identity,
            "compartment": compartment, "days_from_treatment_start": float(day), "chain": "TRB",
            "population": "", "counted": counted, "n_libraries": len(libraries),
            "n_counted": int(whole.sum()),
        })  # fmt: skip
    listed = pl.DataFrame(rows)
    schema = RESULT_TABLES["repertoires"].schema
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in schema.items()
               if name not in listed.columns]  # fmt: skip
    listed = listed.with_columns(missing).select(schema.keys()).cast(schema)
    return Repertoires(listed, pl.DataFrame(), held.__getitem__)


def draw(rng, n, phi=0.0, factor=1.0):
    mean = n * SHARES * factor
    return rng.poisson(mean * rng.gamma(1 / phi, phi, mean.size) if phi else mean)


def tables(given, seed=1, **settings):
    return change_tables(
        given, settings=RepertoireSettings(**settings), rng=np.random.default_rng(seed)
    )


@pytest.fixture(scope="module")
def changed():
    """Three people with two libraries per draw; 60 clones of middle size grow tenfold."""
    rng, phi = np.random.default_rng(3), 0.05
    factor = np.ones(SHARES.size)
    factor[100:400:5] = 10.0
    samples = []
    for person in ("P1", "P2", "P3"):
        samples += [
            (f"{person}-base", person, "blood", 0, [draw(rng, 10_000, phi) for _ in range(2)]),
            (f"{person}-w3", person, "blood", 21, [draw(rng, 10_000, phi, factor) for _ in "ab"]),
        ]
    samples.append(("P1-tumour", "P1", "tumour", 0, [np.where(factor > 1, 3, 0)]))
    return tables(repertoires(samples)), factor


def test_clones_that_grow_are_found_and_hardly_any_other(changed):
    found, factor = changed
    clones = found["clone_changes"].filter(
        pl.col("pair") == "baseline", pl.col("call") == "expanded"
    )
    place = clones["clonotype"].str.slice(1).cast(pl.Int64).to_numpy()
    assert (factor[place] > 1).sum() > 3 * 60 * 0.8
    assert (factor[place] == 1).sum() <= 0.05 * len(place)


def test_the_over_dispersion_comes_from_libraries_and_is_halved_for_two(changed):
    summary = changed[0]["repertoire_changes"].row(0, named=True)
    assert summary["overdispersion_ci_low"] < 0.05 < summary["overdispersion_ci_high"]
    assert summary["overdispersion_source"] == (
        "replicates: 6 pairs of libraries of 3 participants"
    )
    used = float(summary["status"].rsplit(" ", 1)[1])
    assert used == pytest.approx(summary["overdispersion"] / 2, rel=0.02)


def test_expanded_clones_are_looked_for_in_the_tumour_where_there_is_one(changed):
    rows = changed[0]["repertoire_changes"].filter(pl.col("pair") == "baseline")
    by_person = dict(zip(rows["participant_id"], rows["n_expanded_in_tumour"], strict=True))
    assert by_person["P2"] is None
    assert by_person["P1"] >= 45


def test_a_pair_that_is_baseline_and_neighbouring_has_the_same_numbers_twice(changed):
    rows = changed[0]["repertoire_changes"].filter(pl.col("participant_id") == "P1")
    one, other = rows.drop("pair").rows()
    assert one == other
    clones = changed[0]["clone_changes"].filter(pl.col("participant_id") == "P1")
    assert clones["pair"].value_counts()["count"].n_unique() == 1


@pytest.mark.parametrize("depth", [5_000, 20_000, 80_000])
def test_a_repertoire_against_its_own_resample_has_no_calls_where_fishers_test_has(depth):
    rng, phi = np.random.default_rng(depth), 0.05
    samples = []
    for number in range(4):
        person = f"P{number}"
        samples += [(f"{person}-a", person, "blood", 0, [draw(rng, 20_000, phi)]),
                    (f"{person}-b", person, "blood", 21, [draw(rng, depth, phi)])]  # fmt: skip
    found = tables(repertoires(samples), overdispersion=phi)["repertoire_changes"]
    rows = found.filter(pl.col("pair") == "baseline")
    assert rows["n_expanded"].sum() + rows["n_contracted"].sum() <= 3
    assert rows["n_fisher"].sum() >= 10
    inside = (rows["novel_excess_ci_low"] < 0) & (rows["novel_excess_ci_high"] > 0)
    assert inside.sum() >= 3
    assert (rows["novel_p_value"] > 0.001).all()
    # The raw number follows the depth; what is expected of it does so too.
    assert rows["n_novel"].min() > (300 if depth == 5_000 else 1_000)
    assert rows["status"].str.starts_with("exploratory").all()
    assert rows["overdispersion_ci_low"].is_null().all()


def test_novel_clones_beyond_depth_are_an_excess_with_their_truth_inside():
    rng = np.random.default_rng(8)
    before, after = draw(rng, 20_000), draw(rng, 40_000)
    places = np.flatnonzero((before == 0) & (after == 0))[:900]
    # Counts at which the earlier sample, half as deep, would have shown them.
    after[places] = rng.integers(7, 14, places.size)
    given = repertoires([("a", "P1", "blood", 0, [before]), ("b", "P1", "blood", 21, [after])])
    row = tables(given, overdispersion=0.0)["repertoire_changes"].row(0, named=True)
    assert row["n_repeated_after"] == (after >= 2).sum()
    truth = (after[places] >= 2).sum() / row["n_repeated_after"]
    assert row["novel_excess_ci_low"] < truth < row["novel_excess_ci_high"]
    assert row["novel_p_value"] < 1e-6
    assert row["novel_mass"] > row["novel_mass_expected"]


def test_more_naive_cells_are_no_novel_clones():
    rng = np.random.default_rng(10)
    naive = [
        np.bincount(rng.integers(0, 2_000_000, n), minlength=2_000_000) for n in (8_000, 14_000)
    ]
    both = [np.r_[draw(rng, 20_000), one] for one in naive]
    given = repertoires([("a", "P1", "blood", 0, both[:1]), ("b", "P1", "blood", 21, both[1:])])
    row = tables(given, overdispersion=0.0)["repertoire_changes"].row(0, named=True)
    assert row["n_novel"] == pytest.approx(row["n_novel_expected"], rel=0.02)
    assert row["novel_excess_ci_low"] < 0.01
    assert row["novel_p_value"] > 0.001


def test_the_number_at_one_depth_does_not_follow_the_depth_of_a_sample():
    rng = np.random.default_rng(9)
    factor = np.ones(SHARES.size)
    factor[50:1050:10] = 8.0
    samples = []
    for person, depth in (("P1", 8_000), ("P2", 60_000)):
        later = draw(rng, depth, 0, factor)
        samples += [(f"{person}-a", person, "blood", 0, [draw(rng, depth)]),
                    (f"{person}-b", person, "blood", 21, [later])]  # fmt: skip
    rows = tables(repertoires(samples))["repertoire_changes"].filter(pl.col("pair") == "baseline")
    shallow, deep = rows["n_expanded"]
    assert deep > 1.5 * shallow
    shallow, deep = rows["n_expanded_matched"]
    assert deep == pytest.approx(shallow, rel=0.3)
    assert rows["matched_depth"].n_unique() == 1


def test_reads_have_descriptive_numbers_and_no_test():
    rng = np.random.default_rng(2)
    samples = [(f"P1-{day}", "P1", "blood", day, [draw(rng, 3_000)]) for day in (0, 1)]
    found = tables(repertoires(samples, counted="reads"))
    row = found["repertoire_changes"].row(0, named=True)
    assert found["clone_changes"].is_empty()
    assert row["status"] == READS_STATUS
    assert row["n_novel"] > 0
    for name in ("overdispersion", "n_expanded", "novel_excess", "novel_p_value", "n_fisher"):
        assert row[name] is None


def test_the_same_seed_gives_the_same_tables_and_nothing_gives_none(changed):
    rng = np.random.default_rng(4)
    samples = [(f"P1-{day}", "P1", "blood", day, [draw(rng, 3_000)]) for day in (0, 1)]
    one, other = (tables(repertoires(samples)) for _ in range(2))
    assert one["repertoire_changes"].equals(other["repertoire_changes"])
    alone = tables(repertoires(samples[:1]))
    assert alone["clone_changes"].is_empty()
    assert alone["repertoire_changes"].is_empty()


def test_a_biopsy_after_the_blood_does_not_tell_which_of_its_clones_are_in_the_tumour():
    rng, factor = np.random.default_rng(8), np.ones(SHARES.size)
    factor[100:400:5] = 10.0
    grown = np.where(factor > 1, 3, 0)
    samples = []
    for person, days in (("P1", (20,)), ("P2", (40,)), ("P3", (-3, 40))):
        samples += [
            (f"{person}-0", person, "blood", 0, [draw(rng, 10_000)]),
            (f"{person}-21", person, "blood", 21, [draw(rng, 10_000, factor=factor)]),
        ]
        # The earlier of two biopsies holds half of the clones that grow.
        for day in days:
            held = np.where(np.arange(grown.size) < 250, grown, 0) if day == -3 else grown
            samples.append((f"{person}-t{day}", person, "tumour", day, [held]))
    rows = tables(repertoires(samples))["repertoire_changes"].filter(
        pair="baseline", compartment="blood"
    )
    told = dict(zip(rows["participant_id"], rows["n_expanded_in_earlier_tumour"], strict=True))
    ever = dict(zip(rows["participant_id"], rows["n_expanded_in_tumour"], strict=True))
    assert told["P1"] == ever["P1"] > 20
    assert told["P2"] is None
    assert ever["P2"] > 20
    assert 5 < told["P3"] < ever["P3"] - 5


def test_one_shallow_sample_does_not_set_the_depth_of_all_others():
    rng, samples = np.random.default_rng(12), []
    for person, depth in (("P1", 20_000), ("P2", 30_000), ("P3", 1_200)):
        samples += [(f"{person}-{day}", person, "blood", day, [draw(rng, depth)]) for day in (0, 9)]
    rows = tables(repertoires(samples))["repertoire_changes"].filter(pair="baseline")
    depths = dict(rows.select("participant_id", "matched_depth").iter_rows())
    assert depths["P1"] == depths["P2"] > 19_000
    assert depths["P3"] is None
