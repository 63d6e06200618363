"""What was put into single-cell RNA comes out of the files, and nothing where nothing was put."""

import os
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from macroimmune.simulator.cells.expression_profiles import interferon_alpha_genes
from macroimmune.simulator.realism.single_cell_rna import (
    cell_rows,
    counts_of,
    interferon_cells,
    shared_genes,
    zeros_by_mean,
)


def column(matrix, name):
    return matrix.obs[name].cast(pl.String).to_numpy()


def test_the_interferon_score_tells_stimulated_cells(
    ten_donors, interferon_score, area_under_the_curve
):
    _, _, matrix, _ = ten_donors
    stimulated = column(matrix, "condition") == "IFN-beta"
    assert area_under_the_curve(interferon_score(matrix), stimulated) > 0.9


def test_the_difference_of_a_donor_follows_responsiveness(ten_donors, interferon_score):
    people, _, matrix, _ = ten_donors
    score, donor = interferon_score(matrix), column(matrix, "donor")
    stimulated = column(matrix, "condition") == "IFN-beta"
    for group in ("CD4 T", "Mono"):
        rows = column(matrix, "cell_group") == group
        gain = [
            score[rows & stimulated & (donor == name)].mean()
            - score[rows & ~stimulated & (donor == name)].mean()
            for name in people.participant_ids
        ]
        assert np.corrcoef(gain, people.ifn_responsiveness)[0, 1] > 0.85, group


def test_without_a_response_the_score_is_silent(
    tmp_path, donors, write_expression, interferon_score, area_under_the_curve
):
    """Donors pair their wells; only the depth of wells differs, by chance."""
    settings = {"cells_per_well": 250, "genes": 1500, "umis_between_wells": 0.0, "response": 0.0}
    _, matrix, _ = write_expression(tmp_path, donors(4), participants=4, **settings)
    stimulated = column(matrix, "condition") == "IFN-beta"
    # Three standard errors of an area from 1,000 and 1,000 cells.
    assert area_under_the_curve(interferon_score(matrix), stimulated) == pytest.approx(
        0.5, abs=3 * np.sqrt(1 / (12 * 1000) * 2)
    )


def test_monocytes_respond_with_more_genes_than_t_cells(ten_donors):
    """With as many cells of each and equal depth, so that both have the same power."""
    _, _, matrix, _ = ten_donors
    stimulated = column(matrix, "condition") == "IFN-beta"
    group, rng, changed = column(matrix, "cell_group"), np.random.default_rng(1), {}
    cells = {name: np.flatnonzero(group == name) for name in ("CD4 T", "Mono")}
    fewest = min((stimulated[rows] == is_on).sum() for rows in cells.values() for is_on in (0, 1))
    for name, rows in cells.items():
        rest, after = (
            np.asarray(
                matrix.values[rng.permutation(rows[stimulated[rows] == is_on])[:fewest]].sum(axis=0)
            ).astype(float)
            for is_on in (False, True)
        )
        depth = min(rest.sum(), after.sum(), 2e5)
        rest, after = (
            rng.poisson(rest * depth / rest.sum()),
            rng.poisson(after * depth / after.sum()),
        )
        # Twice more or less, with five counts added so that rare genes do not tell.
        fold = np.abs(np.log((after + 5.0) / (rest + 5.0)))
        changed[name] = (fold > np.log(2.0)).sum()
    assert changed["Mono"] > 1.5 * changed["CD4 T"]
    assert changed["CD4 T"] > 20


@pytest.mark.parametrize(("spread", "is_beyond"), [(0.15, True), (0.0, False)])
def test_donors_differ_beyond_poisson_where_the_plan_says_so(
    tmp_path, donors, write_expression, spread, is_beyond
):
    settings = {
        "participants": 8,
        "conditions": ("unstimulated",),
        "cells_per_well": 250,
        "genes": 1000,
        "donor_spread": spread,
        "donor_type_spread": spread,
        "batch_spread": 0.0,
        "dispersion": 0.0,
        "ambient": 0.0,
    }
    _, matrix, truth = write_expression(tmp_path, donors(8), **settings)
    donor = column(matrix, "donor")
    rows = ((truth["leaf"] == "naive_cd4") & ~truth["is_doublet"]).to_numpy()
    sums = np.array([
        np.asarray(matrix.values[rows & (donor == name)].sum(axis=0)).ravel()
        for name in np.unique(donor)
    ])
    expected = sums.sum(axis=1, keepdims=True) * sums.sum(axis=0) / sums.sum()
    kept = expected.min(axis=0) > 5
    ratio = ((sums - expected)[:, kept] ** 2 / expected[:, kept]).sum() / (7 * kept.sum())
    # Pearson's statistic over its degrees of freedom is 1 for Poisson counts.
    assert (ratio > 1.3) == is_beyond
    assert is_beyond or ratio == pytest.approx(1.0, abs=0.25)


def test_natural_cytotoxicity_receptors_are_of_nk_cells_and_lower_in_patients(
    tmp_path, donors, write_expression
):
    settings = {"participants": 8, "healthy": 8, "conditions": ("unstimulated",)}
    quiet = {"ambient": 0.0, "doublets": 0.0, "donor_spread": 0.0, "donor_type_spread": 0.0}
    more = {"ncr_in_patients": 0.4, "cells_per_well": 400, "genes": 1000}
    people = donors(8, healthy=8)
    _, matrix, truth = write_expression(tmp_path, people, **settings, **quiet, **more)
    columns = [matrix.var_names.index(gene) for gene in ("NCR1", "NCR2", "NCR3")]
    found = np.asarray(matrix.values[:, columns].sum(axis=1)).ravel()
    library = np.asarray(matrix.values.sum(axis=1)).ravel()
    is_nk = truth["leaf"].str.starts_with("nk_").to_numpy()
    patients = people[0].participant_ids[people[0].is_patient]
    is_patient = np.isin(column(matrix, "donor"), patients)

    def rate(rows):
        return found[rows].sum() / library[rows].sum()

    assert rate(is_nk & is_patient) / rate(is_nk & ~is_patient) == pytest.approx(0.4, abs=0.12)
    assert rate(is_nk) > 10 * rate(~is_nk)


def test_exhausted_cells_express_their_programme(ten_donors):
    _, _, matrix, truth = ten_donors
    columns = [matrix.var_names.index(gene) for gene in ("PDCD1", "LAG3", "TIGIT", "TOX")]
    found = np.asarray(matrix.values[:, columns].sum(axis=1)).ravel()
    effector = truth["leaf"].is_in(["em_cd8", "temra_cd8", "cd8_senescent"]).to_numpy()
    exhausted = truth["is_exhausted"].to_numpy()
    assert effector[exhausted].all()
    assert found[exhausted].mean() > 3 * found[effector & ~exhausted].mean()


def summary(matrix, genes, stimulus):
    """Return what a few numbers tell of single-cell counts."""
    counts, cells = counts_of(matrix, genes), cell_rows(matrix, genes, stimulus)
    stimulated = cells["is_stimulated"].to_numpy()
    library = cells["counts per cell"].to_numpy()
    values = {}
    for name, rows in (("unstimulated", ~stimulated), ("stimulated", stimulated)):
        low, middle, high = np.quantile(library[rows], [0.05, 0.5, 0.95])
        values |= {f"counts, 5 %, {name}": low, f"counts, median, {name}": middle}
        values |= {f"counts, 95 %, {name}": high}
        values[f"SD of log counts, {name}"] = np.log(library[rows]).std()
        values[f"genes per cell, median, {name}"] = np.median(
            cells["genes per cell"].to_numpy()[rows]
        )
        score = cells["interferon score"].to_numpy()[rows]
        values[f"interferon score, median, {name}"] = np.median(score)
        values[f"interferon score, SD, {name}"] = score.std()
    values["zero fraction"] = 1 - counts.nnz / np.prod(counts.shape)
    for low, high in ((0.03, 0.1), (0.1, 0.3), (0.3, 1), (1, 3), (3, 30)):
        row = zeros_by_mean(counts[np.flatnonzero(~stimulated)], (low, high)).row(0, named=True)
        values[f"zeros of genes of mean {low} to {high}"] = row["zeros"]
        values[f"squared CV beyond Poisson, {low} to {high}"] = row["excess"]
    logs = np.log1p(1e4 * counts.toarray() / library[:, None])
    return values, logs, stimulated


@pytest.mark.data
def test_defaults_lie_near_published_cells(
    tmp_path, donors, write_expression, interferon_score, area_under_the_curve, capsys
):
    pytest.importorskip("h5py")
    if "MACROIMMUNE_DATA" not in os.environ:
        pytest.skip("MACROIMMUNE_DATA names no folder of cohorts")
    real = interferon_cells(Path(os.environ["MACROIMMUNE_DATA"]) / "kang_ifnb")
    _, virtual, _ = write_expression(
        tmp_path, donors(4, responsiveness=np.zeros(4)), participants=4, cells_per_well=250,
        genes=5000,
    )  # fmt: skip
    genes = shared_genes(real, virtual)
    found = {}
    for name, matrix, stimulus in (("real", real, "ifnb"), ("virtual", virtual, "IFN-beta")):
        values, logs, stimulated = summary(matrix, genes, stimulus)
        score = interferon_score(matrix)
        values["AUC of the interferon score"] = area_under_the_curve(score, stimulated)
        change = logs[stimulated].mean(axis=0) - logs[~stimulated].mean(axis=0)
        found[name] = (values, logs[~stimulated].mean(axis=0), change)
    with capsys.disabled():
        sys.stdout.write(f"\n{len(genes)} genes{'real':>44s}{'virtual':>11s}\n")
        for name, value in found["real"][0].items():
            sys.stdout.write(f"{name:45s} {value:10.3f} {found['virtual'][0][name]:10.3f}\n")
    for name, value in found["real"][0].items():
        # A fifth of the value, and a third for spreads, over-dispersion and single tails.
        near = 0.2 if "median" in name or "zero" in name or "AUC" in name else 0.34
        assert found["virtual"][0][name] == pytest.approx(value, rel=near, abs=0.05), name
    assert np.corrcoef(found["real"][1], found["virtual"][1])[0, 1] > 0.97
    assert np.corrcoef(found["real"][2], found["virtual"][2])[0, 1] > 0.85
    assert set(interferon_alpha_genes()) & set(genes)
