"""Effects that a plan states are found again in the files that it writes, and nothing else is."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from macroimmune.simulator.plan import EffectPlan, StudyPlan
from macroimmune.simulator.truth import true_effects
from macroimmune.simulator.virtual_study import draw_virtual_study

# Strong and few causes, so that a few thousand patients tell.
PLAN = dataclasses.replace(
    StudyPlan(patients=4000, seed=12, truth_patients=100_000),
    effects=(
        EffectPlan("nlr", 1.5, 0.6),
        EffectPlan("serum_il6", 1.2, 0.9),
        EffectPlan("cd8_senescent", 1.3, 0.7),
        EffectPlan("ifn_responsiveness", 1.4, 0.7),
    ),
)
# Errors of measurement pull towards no effect: at most so much of the logarithm.
MOST_LOST = 0.12


def cox(time, event, x):
    """Return coefficient and standard error of one covariate (Breslow ties)."""
    order = np.argsort(time, kind="stable")
    time, event, x = time[order], event[order], x[order] - x.mean()
    first = np.searchsorted(time, time[event], side="left")
    beta = 0.0
    for _ in range(20):
        weight = np.exp(beta * x)
        s0, s1, s2 = (np.cumsum((weight * x**power)[::-1])[::-1][first] for power in (0, 1, 2))
        information = float((s2 / s0 - (s1 / s0) ** 2).sum())
        beta += float((x[event] - s1 / s0).sum()) / information
    return beta, information**-0.5


@pytest.fixture(scope="module")
def measured():
    """Return overall survival and the baseline values that the tables hold, one row a patient."""
    tables = {name: one.frame for name, one in draw_virtual_study(PLAN).files.tables.items()}
    counts = tables["blood_counts.csv"].filter(pl.col("Day") <= 0)
    proteins = tables["serum_proteins.csv"].filter(pl.col("Day") <= 0)
    il6 = proteins.filter(Analyte="IL-6").select(
        "Patient", il6=pl.col("Result pg/mL").str.strip_chars("<").cast(float)
    )
    cells = tables["populations.csv"].filter(pl.col("Sample").str.ends_with("-baseline"))
    cells = cells.with_columns(Patient=pl.col("Sample").str.split("-").list.first()).pivot(
        "Population", index="Patient", values="Percent"
    )
    scores = tables["scores.csv"].select(
        pl.col("Sample").str.split("-").list.first().alias("Patient"), score="Value"
    )
    rows = tables["patients.csv"].join(counts, on="Patient", how="left")
    for more in (il6, cells, scores):
        rows = rows.join(more, on="Patient", how="left")
    return rows


def share(percent):
    angle = np.arcsin(np.sqrt(percent / 100))
    return angle / np.nanstd(angle)


VALUES = {
    "nlr": lambda rows: np.log2((rows["Neutrophils"] / rows["Lymphocytes"]).to_numpy()),
    "serum_il6": lambda rows: np.log2(rows["il6"].to_numpy()),
    "cd8_senescent": lambda rows: share(rows["CD28- CD57+ KLRG1+ CD8 T cells"].to_numpy()),
    "ifn1_responsiveness_effector_cd4": lambda rows: (
        rows["score"] / rows["score"].std()
    ).to_numpy(),
    "naive_cd4": lambda rows: share(rows["naive CD4 T cells"].to_numpy()),
    "serum_ldh": lambda rows: np.log2(rows["LDH"].cast(float).to_numpy()),
    "platelets": lambda rows: np.log2(rows["Platelets"].cast(float).to_numpy()),
}


@pytest.fixture(scope="module")
def truth():
    rows = true_effects(PLAN).filter(endpoint="os")
    return {row["feature"]: row for row in rows.iter_rows(named=True)}


@pytest.mark.parametrize("feature", VALUES)
def test_the_marginal_truth_is_measured_out_of_the_files(measured, truth, feature):
    x = VALUES[feature](measured)
    there = np.isfinite(x)
    time = measured["OS (months)"].to_numpy()[there]
    event = (measured["Status"] == "dead").to_numpy()[there]
    found, error = cox(time, event, x[there])
    true = np.log(truth[feature]["marginal"])
    error = np.hypot(error, truth[feature]["log_marginal_standard_error"])
    low, high = sorted((true, true * (1 - MOST_LOST)))
    assert low - 3 * error < found < high + 3 * error
    if abs(true) > 0.1:
        assert abs(found) > 3 * error


def test_causes_are_known_as_such_and_all_other_features_as_null(truth):
    acting = {"nlr", "serum_il6", "cd8_senescent", "ifn1_responsiveness_effector_cd4"}
    assert {name for name, row in truth.items() if not row["is_null"]} == acting
