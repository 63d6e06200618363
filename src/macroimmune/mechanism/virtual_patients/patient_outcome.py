"""Response, progression and death of one virtual patient from the course of the tumour."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.mechanism.virtual_patients.outcome_rules import OutcomeRules
from macroimmune.mechanism.virtual_patients.recist import ScanReading, read_scans
from macroimmune.mechanism.virtual_patients.sum_of_diameters import lesion_diameter_mm
from macroimmune.mechanism.virtual_patients.time_of_death import day_of_death
from macroimmune.outcomes import BestResponse

__all__ = ["Chance", "PatientOutcome", "patient_outcome"]

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """What chance brings to one patient, the same in every arm.

    Parameters
    ----------
    death : float
        A draw from a standard exponential.
    scans : float array, shape (at least the number of scans + 1,)
        Draws from a standard normal; the first is of the scan before treatment.
    """

    death: float
    scans: Values


@dataclass(frozen=True, slots=True)
class PatientOutcome:
    """How one patient fares.

    Parameters
    ----------
    response : str
        Code of `BestResponse`.
    baseline_mm : float
        Sum of diameters before treatment.
    best_change : float or None, percent
        None where no scan was made.
    pfs_days, os_days : float
        Days from treatment start to progression or death, and to death, or to where they were
        last known not to have come.
    progressed, died : bool
        Whether the event of `pfs_days` and of `os_days` was seen.
    durable_benefit : bool or None
        None where observation ended too early to tell.
    """

    response: str
    baseline_mm: float
    best_change: float | None
    pfs_days: float
    progressed: bool
    os_days: float
    died: bool
    durable_benefit: bool | None


def patient_outcome(
    days: Values, lesions: Values, chance: Chance, rules: OutcomeRules
) -> PatientOutcome:
    """Return the outcome of one patient.

    Parameters
    ----------
    days : float array, shape (n_days,)
        Whole days; the first is the one before treatment, -1.
    lesions : float array, shape (n_days, n_lesions), 10^9 tumour cells
        At least one of them is seen on the first day.
    chance : Chance
    rules : OutcomeRules

    Returns
    -------
    outcome : PatientOutcome

    Notes
    -----
    Convention: scans are on day -1 and every `scan_every` days from day 0 until progression, death
    or the end of the course. PFS is the day of the scan that shows progression, or of death;
    without either, of the last scan. Who dies before the first scan has PD.
    """
    treated = days >= 0
    end = float(days[-1])
    death = day_of_death(days[treated], lesions[treated].sum(axis=1), chance.death, rules)
    died = death <= end
    scans = np.arange(rules.scan_every, min(end, death) + 1e-9, rules.scan_every)
    sums, new = _scanned(days, lesions, scans, chance, rules)
    reading = read_scans(float(sums[0]), sums[1:], new)
    pfs, progressed = _progression(reading, scans, death, died=died)
    response = reading.best
    if response is BestResponse.NOT_EVALUABLE and died:
        response = BestResponse.PROGRESSIVE_DISEASE
    return PatientOutcome(
        response=response.value,
        baseline_mm=float(sums[0]),
        best_change=reading.best_change,
        pfs_days=pfs,
        progressed=progressed,
        os_days=min(death, end),
        died=died,
        durable_benefit=_durable(response, pfs, rules, progressed=progressed),
    )


def _scanned(
    days: Values, lesions: Values, scans: Values, chance: Chance, rules: OutcomeRules
) -> tuple[Values, NDArray[np.bool_]]:
    """Return the sums of diameters, the one before treatment first, and where new lesions are."""
    rows = np.concatenate(([0], np.searchsorted(days, scans)))
    sizes = lesion_diameter_mm(lesions[rows], rules.cells_per_ml, rules.visible_mm)
    is_target = sizes[0] > 0.0
    sums = sizes[:, is_target].sum(axis=1)
    sums *= np.exp(rules.scan_error * chance.scans[: sums.size])
    smallest = max(rules.new_lesion_mm, rules.visible_mm)
    new = np.any(sizes[1:, ~is_target] >= smallest, axis=1)
    return sums, np.asarray(new, dtype=bool)


def _progression(
    reading: ScanReading, scans: Values, death: float, *, died: bool
) -> tuple[float, bool]:
    if reading.progression_scan is not None:
        return float(scans[reading.progression_scan]), True
    if died:
        return death, True
    return (float(scans[-1]) if scans.size else 0.0), False


def _durable(
    response: BestResponse, pfs: float, rules: OutcomeRules, *, progressed: bool
) -> bool | None:
    if response.is_responder or pfs >= rules.durable:
        return True
    return False if progressed else None
