"""A small cohort as frames under our own names."""

import numpy as np
import polars as pl
import pytest


@pytest.fixture
def frames() -> dict[str, pl.DataFrame]:
    rng, n = np.random.default_rng(17), 90
    ids = [f"P{number:03d}" for number in range(n)]
    death, end = rng.exponential(400.0, n), rng.uniform(100.0, 900.0, n)
    neutrophils = np.round(rng.lognormal(1.4, 0.4, n), 2)
    return {
        "participants": pl.DataFrame({
            "participant_id": ids,
            "age_years": [None, *rng.integers(35, 85, n - 1).tolist()],
            "sex": rng.choice(["female", "male"], n),
        }),
        "outcomes": pl.DataFrame({
            "participant_id": ids,
            "os_time_days": np.ceil(np.minimum(death, end)),
            "os_event": death <= end,
            "best_response": rng.choice(["CR", "PR", "SD", "PD", None], n),
        }),
        "blood_counts": pl.DataFrame({
            "participant_id": ids,
            "days_from_treatment_start": rng.integers(-14, 1, n),
            "neutrophils": [None if k % 17 == 3 else x for k, x in enumerate(neutrophils.tolist())],
            "lymphocytes": np.round(rng.lognormal(0.4, 0.3, n), 2),
        }),
    }
