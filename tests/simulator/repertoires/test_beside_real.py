"""Virtual repertoires beside public ones; `pytest -s -m data` prints the tables."""

import sys

import numpy as np
import polars as pl
import pytest

from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.realism.public_repertoires import (
    beta_cells,
    bulk_receptors,
    contig_receptors,
    deep_sequencing_libraries,
    read_libraries,
    single_cell_libraries,
    urothelial_table,
)
from macroimmune.simulator.realism.repertoires import (
    DEEP_SEQUENCING,
    READS,
    SINGLE_CELLS,
    v_usage,
    virtual_libraries,
    virtual_measures,
    virtual_reads,
    virtual_receptors,
)
from macroimmune.simulator.repertoires import draw_person_chains
from macroimmune.simulator.repertoires.beside_real import library_measures, measures_beside
from macroimmune.simulator.repertoires.person_chains import draw_libraries
from macroimmune.statistics.paired_counts import changed_counts

PATIENTS = 16


def libraries_of(repertoires):
    return virtual_libraries(StudyPlan(patients=PATIENTS, repertoires=repertoires))


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
    drawn = libraries_of(DEEP_SEQUENCING)
    libraries = deep_sequencing_libraries(public_data / "hammerlab_urothelial")
    for compartment, real in libraries.items():
        virtual = virtual_measures(drawn, compartment)
        table = shown(f"Snyder 2017, {compartment}", virtual, real)
        for name in real[0]:
            assert table[name]["inside"] > 0.9, name
        assert table["clonality"]["virtual_median"] == pytest.approx(
            table["clonality"]["real_median"], abs=0.06
        )


@pytest.mark.data
def test_as_many_clones_expand_as_in_patients_on_anti_pdl1(public_data):
    rows = urothelial_table(public_data / "hammerlab_urothelial/data_tcr_expansion_a_b.csv")
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
    for _, clones, libraries in libraries_of(DEEP_SEQUENCING):
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
    folder = public_data / "tenx_contigs"
    real = single_cell_libraries(folder)
    shared = []
    for patient in ("PX", "PY", "PZ"):
        blood, tumour = (
            set(beta_cells(folder, patient, compartment)["cdr3_nt"])
            for compartment in ("blood", "tumour")
        )
        shared.append(len(blood & tumour) / len(tumour))
    drawn = libraries_of(SINGLE_CELLS)
    found = []
    for _, _, libraries in drawn:
        cells = {
            library.draw.name: library.productive for library in libraries if not library.replicate
        }
        if {"blood, baseline", "tumour, baseline"} <= set(cells):
            tumour = cells["tumour, baseline"].clone
            found.append(np.isin(tumour, cells["blood, baseline"].clone).mean())
    for compartment, least in (("blood", 0.01), ("tumour", 0.05)):
        virtual = virtual_measures(drawn, compartment, has_single_cells=True)
        table = shown(f"10x, {compartment}", virtual, real[compartment])
        clonality = table["clonality"]
        # Three patients do not span what patients are: the range, and as much again below.
        assert least < clonality["virtual_median"] < clonality["real_largest"]
        unique = table["unique_share"]
        assert unique["virtual_median"] == pytest.approx(unique["real_median"], abs=0.15)
    say(f"tumour clones in blood: real {np.round(shared, 3)}, virtual {np.round(found, 3)}")
    assert 0.5 * min(shared) < np.median(found) < 2.0 * max(shared)


@pytest.mark.data
def test_small_samples_counted_in_reads_are_as_clonal_as_real_ones(public_data):
    real = read_libraries(public_data / "iokin_tcr")
    virtual = virtual_reads(libraries_of(READS))
    found = shown("iokin_tcr, first draw, reads", virtual, real)
    for name in ("clonality", "simpson_clonality", "top_share"):
        assert found[name]["virtual_median"] > found[name]["real_least"] / 2, name
        assert found[name]["virtual_median"] < found[name]["real_largest"], name


@pytest.mark.data
def test_genes_and_lengths_are_those_of_two_cohorts(public_data):
    ours = virtual_receptors(2021)
    for name, real in (
        ("iokin_tcr", bulk_receptors(public_data / "iokin_tcr")),
        ("tenx_contigs", contig_receptors(public_data / "tenx_contigs")),
    ):
        usage = v_usage(real, ours)
        correlation = float(np.corrcoef(usage["virtual"], usage["real"])[0, 1])
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
