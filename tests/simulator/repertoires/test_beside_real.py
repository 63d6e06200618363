"""Virtual repertoires beside public ones; `pytest -s -m data` prints the tables."""

import csv
import io
import sys

import numpy as np
import polars as pl
import pytest

from macroimmune.formats import read_contigs
from macroimmune.simulator.people import draw_outcomes, draw_people, draw_samples
from macroimmune.simulator.plan import RepertoiresPlan, StudyPlan
from macroimmune.simulator.repertoires import (
    clone_fractions,
    draw_clones,
    draw_person_chains,
    draw_receptors,
    sequenced_people,
)
from macroimmune.simulator.repertoires.beside_real import library_measures, measures_beside
from macroimmune.simulator.repertoires.library_sampling import reads_of
from macroimmune.simulator.repertoires.person_chains import draw_libraries
from macroimmune.statistics.paired_counts import changed_counts

PATIENTS = 16


def libraries_of(patients: int = PATIENTS, **settings):
    """Return (person, clones, libraries) of virtual patients, without any sequence."""
    repertoires = RepertoiresPlan(is_written=True, biopsied=1.0, **settings)
    plan = StudyPlan(patients=patients, repertoires=repertoires)
    people = draw_people(plan)
    outcomes = draw_outcomes(plan, people)
    samples = draw_samples(plan, people, outcomes)
    found = []
    for person in sequenced_people(plan, people, samples, outcomes):
        clones = draw_clones(person)
        fractions = {draw.name: clone_fractions(person, clones, draw) for draw in person.draws}
        found.append((person, clones, draw_libraries(person, fractions)))
    return found


def old_mac_table(path) -> list[dict[str, str]]:
    text = path.read_text(encoding="latin1").replace("\r\n", "\n").replace("\r", "\n")
    return list(csv.DictReader(io.StringIO(text)))


def say(text: str) -> None:
    sys.stdout.write(f"\n{text}\n")


def shown(title: str, virtual, real) -> dict[str, dict]:
    table = measures_beside(virtual, real)
    with pl.Config(tbl_cols=20, tbl_width_chars=160, float_precision=3, tbl_rows=30):
        say(f"{title}: {len(virtual)} virtual, {len(real)} real\n{table}")
    return {row["measure"]: row for row in table.iter_rows(named=True)}


def test_measures_by_hand():
    found = library_measures([2, 1, 1])
    assert found["clonality"] == pytest.approx(1 - 1.5 * np.log(2) / np.log(3))
    assert found["simpson_clonality"] == pytest.approx(np.sqrt(0.375))
    assert found["top_share"] == 0.5
    assert library_measures([7])["clonality"] == 1.0


def test_the_table_tells_how_many_virtual_libraries_lie_inside():
    virtual = [{"a": 1.0, "b": 9.0}, {"a": 2.0, "b": 9.0}, {"a": 7.0, "b": 9.0}]
    table = measures_beside(virtual, [{"a": 1.5}, {"a": 8.0}])
    assert table["measure"].to_list() == ["a"]
    assert table["inside"].to_list() == [pytest.approx(2 / 3)]
    assert table["real_median"].to_list() == [4.75]


@pytest.mark.data
def test_blood_and_tumour_are_as_clonal_as_those_of_deep_sequencing(public_data):
    rows = old_mac_table(public_data / "hammerlab_urothelial/data_tcr.csv")
    drawn = libraries_of(blood_cells=370_000, tumour_cells=5_000, single_cell_participants=0)
    for tissue, compartment in (("PBMC", "blood"), ("Tumor", "tumour")):
        names = {
            "total": "Productive TCR Templates(cnt)",
            "clonotypes": "Productive Unique TCRs (cnt)",
            "clonality": "Clonality",
        }
        if tissue == "PBMC":
            names |= {"unique_share": "Productive Uniques Ratio", "top_share": "Top Clone Freq(%)"}
        real = [
            {name: float(row[column]) for name, column in names.items()}
            for row in rows
            if row["Sample Type"] == tissue
        ]
        for measures in real:
            if "top_share" in measures:
                measures["top_share"] /= 100
        virtual = [
            library_measures(library.productive.templates)
            for _, _, libraries in drawn
            for library in libraries
            if library.draw.compartment == compartment
        ]
        table = shown(f"Snyder 2017, {tissue}", virtual, real)
        for name in names:
            assert table[name]["inside"] > 0.9, name
        assert table["clonality"]["virtual_median"] == pytest.approx(
            table["clonality"]["real_median"], abs=0.06
        )


@pytest.mark.data
def test_as_many_clones_expand_as_in_patients_on_anti_pdl1(public_data):
    rows = old_mac_table(public_data / "hammerlab_urothelial/data_tcr_expansion_a_b.csv")
    real = [
        {
            "expanded": float(row["N Expanded Clones"]),
            "contracted": float(row["N Contracted Clones"]),
            "tumour_clones_of_blood": float(row["TIL Cells in A(%)"]) / 100,
        }
        for row in rows
        if row["N Expanded Clones"].strip()
    ]
    virtual = []
    for _, clones, libraries in libraries_of(
        blood_cells=370_000, tumour_cells=5_000, single_cell_participants=0
    ):
        caught = {library.draw.name: library.productive for library in libraries}
        if not {"blood, baseline", "blood, week 3", "tumour, baseline"} <= set(caught):
            continue
        dense = []
        for name in ("blood, baseline", "blood, week 3"):
            counts = np.zeros(len(clones), dtype=np.int64)
            listed = caught[name].clone < len(clones)
            counts[caught[name].clone[listed]] = caught[name].templates[listed]
            dense.append(counts)
        one, two = dense
        # The paper's own rule: Fisher's test at a false discovery rate, clones of 10 templates up.
        told = one + two >= 10
        rest = [
            np.append(counts[told], caught[name].templates.sum() - counts[told].sum())
            for counts, name in zip(dense, ("blood, baseline", "blood, week 3"), strict=True)
        ]
        p = changed_counts(*rest, dispersion=0.0, is_measured=False).p_values
        grown = rest[1] / rest[1].sum() > rest[0] / rest[0].sum()
        order = np.argsort(p)
        below = p[order] <= 0.05 * np.arange(1, len(p) + 1) / len(p)
        is_changed = np.zeros(len(p), dtype=bool)
        is_changed[order[: np.flatnonzero(below).max(initial=-1) + 1]] = True
        blood = caught["blood, baseline"]
        in_tumour = np.isin(blood.clone, caught["tumour, baseline"].clone)
        virtual.append({
            "expanded": float((is_changed & grown).sum()),
            "contracted": float((is_changed & ~grown).sum()),
            "tumour_clones_of_blood": blood.templates[in_tumour].sum() / blood.templates.sum(),
        })
    table = shown("Snyder 2017, baseline to week 3", virtual, real)
    assert table["expanded"]["inside"] > 0.8
    assert table["tumour_clones_of_blood"]["inside"] > 0.9
    assert table["expanded"]["virtual_median"] == pytest.approx(
        table["expanded"]["real_median"], rel=0.6
    )


@pytest.mark.data
def test_single_cells_of_blood_and_tumour_are_as_clonal_as_real_ones(public_data):
    real: dict[str, list[dict[str, float]]] = {"blood": [], "tumour": []}
    shared = []
    for name in ("PX", "PY", "PZ"):
        kept = {}
        for letter, compartment in (("P", "blood"), ("T", "tumour")):
            contigs = read_contigs(
                public_data / f"tenx_contigs/ccRCC_contigs_{name}_{letter}.csv.gz"
            )
            beta = contigs.filter("productive", pl.col("chain") == "TRB")
            beta = beta.sort("umis", descending=True).unique("barcode", keep="first")
            cells = beta.group_by("v_gene", "j_gene", "cdr3_nt").len()
            real[compartment].append(library_measures(cells["len"].to_numpy()))
            kept[letter] = set(beta["cdr3_nt"])
        shared.append(len(kept["P"] & kept["T"]) / len(kept["T"]))
    drawn = libraries_of(single_cell_participants=PATIENTS, single_cells=2_200, blood_cells=2_000)
    virtual: dict[str, list[dict[str, float]]] = {"blood": [], "tumour": []}
    found = []
    for _, _, libraries in drawn:
        cells = {
            library.draw.name: library.productive for library in libraries if not library.replicate
        }
        for name, caught in cells.items():
            virtual[name.split(",")[0]].append(library_measures(caught.templates))
        if {"blood, baseline", "tumour, baseline"} <= set(cells):
            tumour = cells["tumour, baseline"].clone
            found.append(np.isin(tumour, cells["blood, baseline"].clone).mean())
    for compartment, least in (("blood", 0.01), ("tumour", 0.05)):
        table = shown(f"10x, {compartment}", virtual[compartment], real[compartment])
        clonality = table["clonality"]
        # Three patients do not span what patients are: the range, and as much again below.
        assert least < clonality["virtual_median"] < clonality["real_largest"]
        unique = table["unique_share"]
        assert unique["virtual_median"] == pytest.approx(unique["real_median"], abs=0.15)
    say(f"tumour clones in blood: real {np.round(shared, 3)}, virtual {np.round(found, 3)}")
    assert 0.5 * min(shared) < np.median(found) < 2.0 * max(shared)


@pytest.mark.data
def test_small_samples_counted_in_reads_are_as_clonal_as_real_ones(public_data):
    table = pl.read_csv(public_data / "iokin_tcr/03_IOKIN_BuffyCoat_TRB-CDR3.csv")
    first = table.filter(pl.col("Cycle") == "T0")
    real = [
        library_measures(counts["cloneCount"].to_numpy())
        for _, counts in first.group_by("Patient_id", maintain_order=True)
    ]
    settings = {"counted": "reads", "blood_cells": 1_100, "reads_per_template": 700.0}
    drawn = libraries_of(single_cell_participants=0, visits=("baseline",), **settings)
    virtual = []
    for place, (person, _, libraries) in enumerate(drawn):
        reads = reads_of(
            libraries[0].productive.templates,
            mean=person.plan.reads_per_template,
            variation=person.plan.amplification_variation,
            rng=np.random.default_rng(place),
        )
        virtual.append(library_measures(reads[reads > 0]))
    found = shown("iokin_tcr, first draw, reads", virtual, real)
    for name in ("clonality", "simpson_clonality", "top_share"):
        assert found[name]["virtual_median"] > found[name]["real_least"] / 2, name
        assert found[name]["virtual_median"] < found[name]["real_largest"], name


@pytest.mark.data
def test_genes_and_lengths_are_those_of_two_cohorts(public_data):
    beta = draw_receptors(40_000, "TRB", rng=np.random.default_rng(1))
    ours = pl.DataFrame({"v": beta.genes("V"), "length": beta.junctions_aa().str.len_chars()})
    bulk = pl.read_csv(public_data / "iokin_tcr/03_IOKIN_BuffyCoat_TRB-CDR3.csv").select(
        v=pl.col("allVHitsWithScore").str.extract(r"^(TRBV[^*]+)"),
        length=pl.col("aaSeqCDR3").str.len_chars(),
    )
    contigs = pl.concat([
        read_contigs(path).filter("productive", pl.col("chain") == "TRB")
        for path in sorted((public_data / "tenx_contigs").glob("*.csv.gz"))
    ])
    single = contigs.unique(["v_gene", "cdr3_nt"]).select(
        v="v_gene", length=pl.col("cdr3").str.len_chars()
    )
    for name, real in (("iokin_tcr", bulk), ("tenx_contigs", single)):
        usage = (
            ours["v"]
            .value_counts(normalize=True)
            .join(real["v"].value_counts(normalize=True), on="v", suffix="_real")
        )
        correlation = float(np.corrcoef(usage["proportion"], usage["proportion_real"])[0, 1])
        say(
            f"{name}: V usage r = {correlation:.3f}; length {ours['length'].mean():.2f} "
            f"(SD {ours['length'].std():.2f}), real {real['length'].mean():.2f} "
            f"(SD {real['length'].std():.2f})"
        )
        assert correlation > 0.85
        assert ours["length"].mean() == pytest.approx(real["length"].mean(), abs=0.4)
        assert ours["length"].std() == pytest.approx(real["length"].std(), abs=0.3)


def test_libraries_are_the_same_without_sequences(make_person):
    person = make_person()
    chains = draw_person_chains(person)
    again = draw_libraries(person, chains.fractions)
    for one, two in zip(chains.libraries, again, strict=True):
        assert np.array_equal(one.productive.clone, two.productive.clone)
        assert np.array_equal(one.productive.templates, two.productive.templates)
