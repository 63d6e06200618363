"""A realistic study without any fault, as the tables that loading hands to the checks."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

N = 200


def _times(rng: np.random.Generator, n: int) -> dict[str, list]:
    """Exponential survival with progression before death, staggered entry and one end of study."""
    death = rng.exponential(500, n)
    progression = rng.exponential(250, n)
    end = rng.uniform(200, 1100, n)
    os_time, pfs_time = np.minimum(death, end), np.minimum(np.minimum(progression, death), end)
    return {
        "os_time_days": np.ceil(os_time).tolist(),
        "os_event": (death <= end).tolist(),
        "pfs_time_days": np.ceil(pfs_time).tolist(),
        "pfs_event": (np.minimum(progression, death) <= end).tolist(),
    }


def _placed(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    row = pl.int_range(2, pl.len() + 2, dtype=pl.Int64)
    return frame.with_columns(source_file=pl.lit(file), source_row=row)


def _outcomes(rng: np.random.Generator, ids: list[str]) -> pl.DataFrame:
    times = _times(rng, len(ids))
    early = [
        event and time < 100
        for event, time in zip(times["pfs_event"], times["pfs_time_days"], strict=True)
    ]
    others = rng.choice(["CR", "PR", "SD", "SD"], len(ids)).tolist()
    best = ["PD" if soon else other for soon, other in zip(early, others, strict=True)]
    frame = pl.DataFrame({"participant_id": ids, "best_response": best} | times)
    cause = rng.choice(["cancer", "treatment", "other"], len(ids), p=[0.7, 0.1, 0.2])
    at_death = pl.col("pfs_time_days") == pl.col("os_time_days")
    frame = frame.with_columns(
        response=pl.col("best_response").is_in(["CR", "PR"]),
        death_cause=pl.when("os_event").then(pl.Series(cause)),
        pfs_event_kind=pl
        .when(pl.col("pfs_event") & at_death & pl.col("os_event"))
        .then(pl.lit("death"))
        .when("pfs_event")
        .then(pl.lit("progression")),
    )
    return _placed(frame, "clinical.csv")


def _samples(rng: np.random.Generator, ids: list[str]) -> pl.DataFrame:
    batch = rng.choice(["b1", "b2", "b3"], len(ids)).tolist()
    days = rng.integers(-20, 1, len(ids)).astype(float)
    parts = [
        pl.DataFrame({
            "sample_id": [f"{one}-{label}" for one in ids],
            "participant_id": ids,
            "days_from_treatment_start": when.tolist(),
            "timepoint": [label] * len(ids),
            "batch": batch,
        })
        for label, when in (("C1D1", days), ("C3D1", days * 0 + 42))
    ]
    return _placed(
        pl.concat(parts).with_columns(compartment=pl.lit("blood"), material=pl.lit("serum")),
        "samples.csv",
    )


def _blood(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    neutrophils = np.round(rng.lognormal(1.5, 0.4, n), 1)
    lymphocytes = np.round(rng.lognormal(0.4, 0.4, n), 1).clip(0.2)
    monocytes = np.round(rng.lognormal(-0.7, 0.4, n), 1).clip(0.1)
    eosinophils = np.round(rng.lognormal(-2.0, 0.6, n), 1)
    leukocytes = np.round(neutrophils + lymphocytes + monocytes + eosinophils + 0.1, 1)
    return {
        "leukocytes": leukocytes,
        "neutrophils": neutrophils,
        "lymphocytes": lymphocytes,
        "monocytes": monocytes,
        "eosinophils": eosinophils,
        "platelets": np.round(rng.lognormal(5.5, 0.3, n)),
        "neutrophils_percent": np.round(100 * neutrophils / leukocytes, 1),
        "lymphocytes_percent": np.round(100 * lymphocytes / leukocytes, 1),
        "nlr": np.round(neutrophils / lymphocytes, 2),
        "albumin": np.round(rng.normal(40, 4, n)),
        "ldh": np.round(rng.lognormal(5.4, 0.4, n)),
    }


def _long(samples: pl.DataFrame, word: str, values: dict[str, np.ndarray], file: str, unit: str):
    key = samples.select("sample_id", "participant_id", "days_from_treatment_start")
    key = key.with_columns(source_file=pl.lit(file), source_row=samples["source_row"])
    return pl.concat([
        key.with_columns(pl.lit(name).alias(word), value=pl.Series(value), unit=pl.lit(unit))
        for name, value in values.items()
    ])


def _wells(samples: pl.DataFrame) -> pl.DataFrame:
    """Two wells of every sample, unstimulated and stimulated, in the batch of the sample."""
    columns = ["sample_id", "participant_id", "days_from_treatment_start", "batch", "compartment"]
    rows = pl.concat([
        samples.select(
            *columns,
            raw_file=pl.format("fcs/{}-{}.fcs", "sample_id", pl.lit(stimulus)),
            panel=pl.lit("T cells"),
            stimulus=pl.lit(stimulus),
            stimulus_minutes=pl.lit(minutes),
        )
        for stimulus, minutes in (("none", 0.0), ("IFN-alpha", 15.0))
    ])
    return _placed(rows, "wells.csv")


def _controls(wells: pl.DataFrame) -> pl.DataFrame:
    """One unstimulated well of a control in every batch."""
    rows = (
        wells
        .select("batch")
        .unique()
        .sort("batch")
        .with_columns(
            control=pl.lit("donor A"),
            raw_file=pl.format("fcs/donor-A-{}.fcs", "batch"),
            panel=pl.lit("T cells"),
            stimulus=pl.lit("none"),
        )
    )
    return _placed(rows, "controls.csv")


def _repertoires(samples: pl.DataFrame) -> pl.DataFrame:
    columns = ["sample_id", "participant_id", "days_from_treatment_start", "compartment"]
    rows = samples.select(
        *columns,
        raw_file=pl.format("tcr/{}.tsv", "sample_id"),
        counted=pl.lit("templates"),
    )
    return _placed(rows, "tcr.csv")


def _clean(seed: int) -> dict[str, pl.DataFrame]:
    rng = np.random.default_rng(seed)
    ids = [f"P{number:03d}" for number in range(1, N + 1)]
    arms = rng.choice(["chemotherapy", "ICI"], N)
    participants = pl.DataFrame({
        "participant_id": ids,
        "arm": arms,
        "arm_as_treated": arms,
        "age_years": np.round(rng.normal(62, 10, N), 1),
        "sex": rng.choice(["female", "male"], N),
        "performance_status": rng.choice([0.0, 1.0], N),
    })
    samples = _samples(rng, ids)
    n = samples.height
    proteins = {name: np.round(rng.lognormal(1.0, 0.8, n), 3) for name in ("IL6", "IL8", "CRP")}
    populations = {
        name: np.round(rng.beta(2, 60 / share, n) * 100, 2)
        for name, share in (("CD4", 20), ("CD8", 12), ("B", 5), ("NK", 5), ("Treg", 2), ("pDC", 1))
    }
    tables = {
        "participants": _placed(participants, "clinical.csv"),
        "outcomes": _outcomes(rng, ids),
        "samples": samples,
        "blood_counts": _long(samples, "analyte", _blood(rng, n), "blood.csv", "10^9/L"),
        "proteins": _long(samples, "analyte", proteins, "olink.csv", "pg/mL"),
        "populations": _long(samples, "population", populations, "cytof.csv", "percent"),
        "medications": _placed(
            pl.DataFrame({
                "participant_id": ids[:3],
                "drug_class": ["antibiotic", "steroid", "g_csf"],
                "start_day": [-200.0, -150.0, 100.0],
                "stop_day": [-190.0, -120.0, None],
            }),
            "drugs.csv",
        ),
    }
    tables["cytometry"] = _wells(samples)
    tables["cytometry_controls"] = _controls(tables["cytometry"])
    tables["repertoires"] = _repertoires(samples)
    tables["proteins"] = tables["proteins"].with_columns(
        limit_of_detection=pl.lit(0.05), below_limit=pl.lit(value=False)
    )
    return tables


@pytest.fixture(name="clean_tables")
def clean_tables_maker() -> Callable[[int], dict[str, pl.DataFrame]]:
    return _clean
