"""Small feature tables and outcomes, built by hand, for the stage functions of association."""

import numpy as np
import polars as pl
import pytest

from macroimmune.features import FeatureDefinition, FeatureTable
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
