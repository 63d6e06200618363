"""Small feature tables and outcomes, built by hand, for the stage functions of association."""

import numpy as np
import polars as pl
import pytest

from macroimmune.features import FeatureDefinition, FeatureTable, compute_features
from macroimmune.results import conform
from macroimmune.schema import ENDPOINTS
from macroimmune.study import study_from_frames

COLUMNS = ("participant_id", "feature", "days_from_treatment_start", "value")


@pytest.fixture
def make_definition():
    """Return a function that defines a feature; what is not said is that of NLR."""

    def build(identity="nlr", **said) -> FeatureDefinition:
        usual = {
            "name": identity,
            "family": "blood counts",
            "unit": "ratio",
            "scale": "doubling",
            "needs": identity,
        }
        return FeatureDefinition(id=identity, **(usual | said))

    return build


@pytest.fixture
def make_features(make_definition):
    """Return a function that builds a feature table from (participant, feature, day, value)."""

    def build(*rows, definitions=None, missing=()) -> FeatureTable:
        frame = pl.DataFrame(rows, schema=COLUMNS, orient="row", infer_schema_length=None)
        frame = frame.with_columns(
            pl.format("{}@{}", "participant_id", "days_from_treatment_start").alias("sample_id"),
            pl.lit("blood").alias("compartment"),
            pl.lit(None).alias("ci_low"),
            pl.lit(None).alias("ci_high"),
            pl.lit("ratio").alias("unit"),
            pl.lit(False).alias("below_limit"),
            pl.lit("").alias("status"),
        )
        names = frame["feature"].unique(maintain_order=True)
        computed = definitions or tuple(make_definition(name) for name in names)
        return FeatureTable(conform("features", frame), computed, missing)

    return build


@pytest.fixture
def drawn_tables():
    """Return a function that draws the tables of a cohort, by default without any effect."""

    def build(n=120, *, rng, log_hazard_ratio=0.0, later=False, arms=None):
        ids = [f"P{number:03d}" for number in range(n)]
        marker = rng.normal(0.0, 0.5, n)
        death = rng.exponential(400.0 / np.exp(log_hazard_ratio * marker))
        end = rng.uniform(200, 1500, n)
        relapse = death * rng.uniform(0.2, 1.0, n)
        people = pl.DataFrame({"participant_id": ids})
        if arms is not None:
            people = people.with_columns(arm=pl.Series(rng.choice(list(arms), n)))
        outcomes = pl.DataFrame({
            "participant_id": ids,
            "os_time_days": np.ceil(np.minimum(death, end)),
            "os_event": death <= end,
            "pfs_time_days": np.ceil(np.minimum(relapse, end)),
            "pfs_event": relapse <= end,
            "response": rng.random(n) < 0.35,
        })
        counts = pl.DataFrame({
            "participant_id": ids,
            "days_from_treatment_start": rng.integers(-14, 1, n).astype(float),
            "neutrophils": np.round(np.exp(1.4 + marker), 3),
            "lymphocytes": np.round(np.exp(rng.normal(0.4, 0.3, n)), 3),
        })
        if later:
            again = counts.with_columns(
                days_from_treatment_start=pl.lit(42.0),
                neutrophils=pl.Series(np.round(np.exp(rng.normal(1.4, 0.4, n)), 3)),
            )
            counts = pl.concat([counts, again.filter(outcomes["os_time_days"] > 42)])
        return {"participants": people, "outcomes": outcomes, "blood_counts": counts}

    return build


@pytest.fixture
def draw_study(drawn_tables):
    """Return a function that draws a cohort and reads it as a study."""

    def build(n=120, *, analysis=None, **said):
        return study_from_frames("drawn", analysis=analysis, **drawn_tables(n, **said))

    return build


@pytest.fixture
def os_endpoint():
    return ENDPOINTS["os"]


SCORE = "ifn1_responsiveness_effector_cd4"
LEVEL = f"{SCORE}_unstimulated_level"


@pytest.fixture
def draw_responsiveness():
    """Return a function that draws a cohort with responsiveness scores, and their features.

    The true score has SD 1; its measurement adds an error with variances around `error`, each
    person's own. The unstimulated level goes with the true score by `level_slope` and with the
    hazard by `level_effect`.
    """

    def build(
        n=100,
        *,
        rng,
        log_hazard_ratio=0.0,
        log_odds_ratio=0.0,
        error=0.4,
        level_slope=0.0,
        level_effect=0.0,
        batch=None,
        on_treatment=False,
        analysis=None,
        people=None,
    ):
        ids = [f"P{number:03d}" for number in range(n)]
        level = rng.normal(size=n)
        true = level_slope * level + np.sqrt(1.0 - level_slope**2) * rng.normal(size=n)
        variances = error * rng.uniform(0.4, 1.6, n)
        score = true + rng.normal(size=n) * np.sqrt(variances)
        death = rng.exponential(400.0 / np.exp(log_hazard_ratio * true + level_effect * level))
        end = rng.uniform(200, 1500, n)
        odds = np.exp(-0.6 + log_odds_ratio * true)
        outcomes = pl.DataFrame({
            "participant_id": ids,
            "os_time_days": np.minimum(death, end) + 1.0,
            "os_event": death <= end,
            "response": rng.random(n) < odds / (1.0 + odds),
        })
        frame = pl.DataFrame({"participant_id": ids})
        study = study_from_frames(
            "drawn",
            analysis=analysis,
            participants=frame if people is None else frame.with_columns(**people),
            outcomes=outcomes,
        )
        labels = None if batch is None else batch(outcomes, rng)
        half = 1.959964 * np.sqrt(variances)
        rows = _draws(ids, -3.0, score, half, labels)
        levels = _draws(ids, -3.0, level, None, labels)
        if on_treatment:
            later = score + rng.normal(size=n)
            rows = pl.concat([rows, _draws(ids, 21.0, later, half, labels)])
            again = level + rng.normal(size=n)
            levels = pl.concat([levels, _draws(ids, 21.0, again, None, labels)])
        extra = [(_responsiveness(SCORE, (SCORE,)), rows), (_responsiveness(LEVEL), levels)]
        return study, compute_features(study, extra=extra)

    return build


def _responsiveness(identity, evidence=()) -> FeatureDefinition:
    return FeatureDefinition(
        id=identity,
        name=identity,
        family="responsiveness",
        unit="z",
        scale="sd",
        needs="paired stimulated samples",
        evidence=evidence,
    )


def _draws(ids, day, values, half, batch):
    """Return rows of one feature, as the families give them."""
    rows = pl.DataFrame({
        "participant_id": ids,
        "sample_id": [f"{name}@{day:g}" for name in ids],
        "days_from_treatment_start": day,
        "value": values,
        "status": "",
        "ci_low": np.nan if half is None else values - half,
        "ci_high": np.nan if half is None else values + half,
    }).with_columns(pl.col("ci_low", "ci_high").fill_nan(None))
    return rows if batch is None else rows.with_columns(batch=pl.Series(batch))
