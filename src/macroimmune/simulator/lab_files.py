"""The tables that clinic and laboratory deliver for virtual patients, with their own headings."""

from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.simulator.patients import LIMITS_OF_DETECTION, Patients
from macroimmune.units import DAYS_PER_MONTH

__all__ = ["lab_tables"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]

_SCAN_DAYS = (42, 84, 126, 168)
_FIRST_RESPONSE_SCAN = 84.0
_WEEK_3, _WEEK_6 = 21, 42
_COUNTS = MappingProxyType({
    "Leukocytes": "leukocytes",
    "Neutrophils": "neutrophils",
    "Lymphocytes": "lymphocytes",
    "Monocytes": "monocytes",
    "Eosinophils": "eosinophils",
    "Platelets": "platelets",
    "LDH": "ldh",
    "Albumin": "albumin",
})
_PROTEINS = MappingProxyType({
    "IL-6": "il6",
    "IL-8": "il8",
    "TNF": "tnf",
    "IL-2": "il2",
    "IL-10": "il10",
    "IL-4": "il4",
})
# Name, parent, our name, and whether it is measured again at week 6.
_POPULATIONS = (
    ("M-MDSC", "PBMC", "m_mdsc", True),
    ("Treg", "CD4 T cells", "treg", True),
    ("CD28- CD57+ KLRG1+ CD8 T cells", "CD8 T cells", "cd8_senescent", False),
    ("Mature NK cells", "live CD45+ cells", "nk_mature", False),
)
_DRUGS = (
    ("antibiotic", "amoxicillin", 0.12),
    ("steroid", "prednisone", 0.10),
    ("other", "pantoprazole", 0.25),
)


def lab_tables(
    patients: Patients, *, rng: np.random.Generator
) -> MappingProxyType[str, pl.DataFrame]:
    """Return the delivered tables by file name.

    Parameters
    ----------
    patients : Patients
    rng : numpy Generator
        For visit days, missing visits and values, scans and medications; none of these depends on
        an outcome, except that nobody gives blood after death or the end of observation.

    Returns
    -------
    tables : mapping from file name to polars DataFrame
    """
    n = patients.response.size
    width = max(3, len(str(n)))
    ids = np.array([f"V{number:0{width}d}" for number in range(1, n + 1)])
    seen = patients.os_months * DAYS_PER_MONTH
    baseline = rng.integers(-14, 1, n)
    week_3 = _WEEK_3 + rng.integers(-2, 3, n)
    week_6 = _WEEK_6 + rng.integers(-3, 4, n)
    came_3 = (seen > week_3) & (rng.random(n) > 0.08)
    came_6 = (seen > week_6) & (rng.random(n) > 0.08)
    visits = ((baseline, np.full(n, fill_value=True)), (week_6, came_6))
    return MappingProxyType({
        "patients.csv": _patients(ids, patients, rng),
        "blood_counts.csv": _blood_counts(ids, patients, visits, rng),
        "serum_proteins.csv": _serum_proteins(ids, patients, visits, rng),
        "populations.csv": _populations(ids, patients, (*visits, (week_3, came_3)), rng),
        "tumour_measurements.csv": _tumour_measurements(ids, patients, seen, rng),
        "medications.csv": _medications(ids, rng),
    })


def _patients(ids: NDArray[np.str_], patients: Patients, rng: np.random.Generator) -> pl.DataFrame:
    n = ids.size
    best = np.where(patients.progression_days > _FIRST_RESPONSE_SCAN, "SD", "PD")
    complete = rng.random(n) < 0.25
    best = np.where(patients.response, np.where(complete, "CR", "PR"), best)
    best = np.where(rng.random(n) < 0.03, "NE", best)
    # Death after progression is death from the cancer, death before it is from something else.
    cause = np.where(patients.pfs_months < patients.os_months, "cancer", "other")
    return pl.DataFrame({
        "Patient": ids,
        "Age": patients.age_years.astype(int),
        "Sex": rng.choice(["F", "M"], n, p=[0.4, 0.6]),
        "Tumour": rng.choice(["NSCLC", "melanoma", "renal"], n, p=[0.5, 0.3, 0.2]),
        "Stage": rng.choice(["III", "IV"], n, p=[0.15, 0.85]),
        "Arm": np.full(n, "anti-PD1"),
        "Best response": best,
        "OS (months)": patients.os_months,
        "Status": np.where(patients.os_event, "dead", "alive"),
        "Cause of death": np.where(patients.os_event, cause, ""),
        "PFS (months)": patients.pfs_months,
        "Progressed or died": patients.pfs_event.astype(int),
    })


def _keep(frame: pl.DataFrame, rows: Flags) -> pl.DataFrame:
    return frame.filter(pl.Series(rows))


def _again(values: Values, spread: float, decimals: int, rng: np.random.Generator) -> Values:
    """Return a second measurement: the first, moved by chance."""
    return np.round(values * np.exp(rng.normal(0.0, spread, values.size)), decimals)


def _blood_counts(
    ids: NDArray[np.str_],
    patients: Patients,
    visits: tuple[tuple[NDArray[np.int64], Flags], ...],
    rng: np.random.Generator,
) -> pl.DataFrame:
    frames = []
    for number, (days, came) in enumerate(visits):
        values = {label: patients.measured[name] for label, name in _COUNTS.items()}
        if number:
            values = {label: _again(first, 0.15, 2, rng) for label, first in values.items()}
            parts = ("Neutrophils", "Lymphocytes", "Monocytes", "Eosinophils")
            values["Leukocytes"] = np.round(sum(values[part] for part in parts) + 0.04, 2)
        frame = pl.DataFrame({"Patient": ids, "Day": days, **values})
        for label in ("LDH", "Albumin"):
            frame = frame.with_columns(_with_gaps(frame[label], 0.04, rng))
        frames.append(_keep(frame, came))
    return pl.concat(frames).sort("Patient", "Day")


def _with_gaps(values: pl.Series, share: float, rng: np.random.Generator) -> pl.Series:
    """Return values with a share of them missing at random."""
    gone = pl.Series(rng.random(len(values)) < share)
    return values.to_frame().select(pl.when(~gone).then(pl.col(values.name))).to_series()


def _serum_proteins(
    ids: NDArray[np.str_],
    patients: Patients,
    visits: tuple[tuple[NDArray[np.int64], Flags], ...],
    rng: np.random.Generator,
) -> pl.DataFrame:
    frames = []
    for number, (days, came) in enumerate(visits):
        drawn = came & (rng.random(ids.size) > 0.06)
        for label, name in _PROTEINS.items():
            first = patients.measured[name]
            values = _again(first, 0.30, 2, rng) if number else first
            limit = LIMITS_OF_DETECTION[name]
            result = np.where(values < limit, f"<{limit}", np.char.mod("%.2f", values))
            frame = pl.DataFrame({"Patient": ids, "Day": days})
            named = frame.with_columns(
                pl.lit(label).alias("Analyte"),
                pl.Series("Result pg/mL", result),
                pl.lit(limit).alias("LOD"),
            )
            frames.append(_keep(named, drawn))
    return pl.concat(frames).sort("Patient", "Day", "Analyte")


def _populations(
    ids: NDArray[np.str_],
    patients: Patients,
    visits: tuple[tuple[NDArray[np.int64], Flags], ...],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Return the shares; proliferating CD8 T cells rise at week 3, more in responders."""
    (baseline, came), (week_6, came_6), (week_3, came_3) = visits
    tubes = came & (rng.random(ids.size) > 0.10)
    frames = []

    def add(name: str, parent: str, days: NDArray[np.int64], values: Values, rows: Flags) -> None:
        frame = pl.DataFrame({"Patient": ids, "Day": days, "Percent": np.round(values, 2)})
        labels = (pl.lit(name).alias("Population"), pl.lit(parent).alias("Parent"))
        frames.append(_keep(frame.with_columns(*labels), rows))

    for name, parent, measured, is_repeated in _POPULATIONS:
        first = patients.measured[measured]
        add(name, parent, baseline, first, tubes)
        if is_repeated:
            add(name, parent, week_6, np.minimum(_again(first, 0.2, 2, rng), 100.0), came_6 & tubes)
    ki67 = 3.0 * np.exp(rng.normal(0.0, 0.45, ids.size))
    rise = np.exp(rng.normal(0.4, 0.5, ids.size) + np.where(patients.response, 0.6, 0.0))
    proliferating = "Ki67+ CD8 T cells"
    add(proliferating, "CD8 T cells", baseline, ki67, tubes)
    add(proliferating, "CD8 T cells", week_3, np.minimum(ki67 * rise, 95.0), came_3 & tubes)
    late = np.minimum(ki67 * np.sqrt(rise), 95.0)
    add(proliferating, "CD8 T cells", week_6, late, came_6 & tubes)
    columns = ["Patient", "Day", "Population", "Parent", "Percent"]
    return pl.concat(frames).select(columns).sort("Patient", "Day", "Population")


def _tumour_measurements(
    ids: NDArray[np.str_], patients: Patients, seen: Values, rng: np.random.Generator
) -> pl.DataFrame:
    """Return sums of diameters: shrinking in responders, growing once progression has come."""
    n = ids.size
    first = np.round(np.exp(rng.normal(np.log(70.0), 0.5, n)))
    stable = rng.uniform(-0.20, 0.10, n)
    shrunken = rng.uniform(-0.80, -0.35, n)
    grown = rng.uniform(0.25, 0.70, n)
    frames = [pl.DataFrame({"Patient": ids, "Day": -rng.integers(0, 22, n), "Sum": first})]
    for day in _SCAN_DAYS:
        progressed = patients.progression_days <= day
        change = np.where(patients.response, shrunken, stable)
        change = np.where(progressed, grown, change)
        scan = pl.DataFrame({
            "Patient": ids,
            "Day": day + rng.integers(-3, 4, n),
            "Sum": np.round(first * (1.0 + change)),
        })
        # The scan that shows progression is the last.
        before = patients.progression_days > day - (_SCAN_DAYS[1] - _SCAN_DAYS[0])
        frames.append(_keep(scan, (seen > day + 3) & before))
    return pl.concat(frames).rename({"Sum": "Sum of diameters (mm)"}).sort("Patient", "Day")


def _medications(ids: NDArray[np.str_], rng: np.random.Generator) -> pl.DataFrame:
    frames = []
    for drug_class, drug, share in _DRUGS:
        start = rng.integers(-70, 60, ids.size)
        courses = pl.DataFrame({
            "Patient": ids,
            "Class": np.full(ids.size, drug_class),
            "Drug": np.full(ids.size, drug),
            "Start": start,
            "Stop": start + rng.integers(5, 15, ids.size),
        })
        frames.append(_keep(courses, rng.random(ids.size) < share))
    return pl.concat(frames).sort("Patient", "Start", "Drug")
