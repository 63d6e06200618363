"""The table of an answer: patients by power, or effects that a number of patients shows."""

import math
from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType

from scipy import special

from macroimmune.errors import InputError
from macroimmune.simulator.power.cohorts import share_rejected
from macroimmune.simulator.power.design import LARGEST_RATIO, PowerDesign
from macroimmune.statistics import participants_needed, power_at, smallest_log_ratio

__all__ = ["POWER_COLUMNS", "power_rows"]

POWER_COLUMNS = MappingProxyType({
    "power": "by the formula",
    "patients": "in the study, rounded up",
    "events": "expected to be seen, or responses",
    "ratio": "hazard or odds ratio per SD of the true marker",
    "simulated_power": "share of simulated cohorts in which the test found the marker",
    "ci_low": "of the simulated power, 95 %, Wilson",
    "ci_high": "of the simulated power",
    "patients_by_simulation": "that reach the power, corrected by the simulated cohorts",
    "power_checked": "share of new cohorts of patients_by_simulation in which the marker was found",
})
_MOST_PATIENTS = 1_000_000
_FEWEST_PATIENTS = 10
_ROUNDS = 60
_CORRECTIONS = 12
_LARGEST_STEP = 2.0
_ERRORS_OF_CHANCE = 2.5

Row = dict[str, float | int | None]


def power_rows(
    design: PowerDesign,
    log_ratio: float,
    powers: Sequence[float],
    *,
    patients: int | None = None,
    cohorts: int = 5000,
    seed: int = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Row]:
    """Yield the rows of an answer, one per power.

    Parameters
    ----------
    design : PowerDesign
    log_ratio : float
        Per SD of the true marker.
    powers : sequence of float
    patients : int or None
        None: how many are needed for each power, 10 or more. Given: the first row is the power of
        the stated ratio, the others the smallest ratio above 1 that so many patients show with
        each power; empty where that is above 100.
    cohorts : int
        Simulated for each row; 0: none.
    seed : int
    progress : function
        Of the number of rows that are done, and of all.

    Yields
    ------
    row : dict
        The columns of `POWER_COLUMNS`.

    Raises
    ------
    InputError
        If a number is impossible, or more than a million patients would be needed.
    """
    asked = list(_asked(design, log_ratio, powers, patients))
    for done, (power, n, ratio) in enumerate(asked):
        progress(done, len(asked))
        yield _row(design, power, n, ratio, cohorts, seed, is_search=patients is None)
    progress(len(asked), len(asked))


def _asked(
    design: PowerDesign, log_ratio: float, powers: Sequence[float], patients: int | None
) -> Iterator[tuple[float, int, float | None]]:
    """Yield power, patients and log ratio of each row.

    Raises
    ------
    InputError
        If a number is impossible, or more than a million patients would be needed.
    """
    alpha = design.alpha_of_each
    if patients is None:
        information = design.information(log_ratio)
        for power in powers:
            needed = participants_needed(log_ratio, information, power=power, alpha=alpha)
            if needed > _MOST_PATIENTS:
                msg = (
                    f"{needed:.3g} patients for a power of {power:g}: more than a million; give a "
                    "ratio further from 1"
                )
                raise InputError(msg)
            yield power, max(math.ceil(needed), _FEWEST_PATIENTS), log_ratio
        return
    if not _FEWEST_PATIENTS <= patients <= _MOST_PATIENTS:
        msg = f"{patients} patients: expected 10 to a million"
        raise InputError(msg)
    yield power_at(log_ratio, design.information(log_ratio), patients, alpha), patients, log_ratio
    for power in powers:
        yield power, patients, _smallest(design, patients, power)


def _smallest(design: PowerDesign, patients: int, power: float) -> float | None:
    """Return the smallest log ratio; the events, and so the information, depend on it a little."""
    found = 0.0
    for _ in range(_ROUNDS):
        before = found
        found = smallest_log_ratio(
            design.information(before), patients, power=power, alpha=design.alpha_of_each
        )
        if found > math.log(LARGEST_RATIO):
            return None
        if abs(found - before) < 1e-9:
            break
    return found


def _row(
    design: PowerDesign,
    power: float,
    patients: int,
    log_ratio: float | None,
    cohorts: int,
    seed: int,
    *,
    is_search: bool,
) -> Row:
    row: Row = dict.fromkeys(POWER_COLUMNS)
    row |= {"power": power, "patients": patients}
    if log_ratio is None:
        return row
    row |= {"events": patients * design.events(log_ratio), "ratio": math.exp(log_ratio)}
    if not cohorts:
        return row

    def simulated(n: int, number: int) -> float:
        return share_rejected(design, log_ratio, n, cohorts=cohorts, seed=seed + number)

    share = simulated(patients, 0)
    low, high = _wilson(share, cohorts)
    row |= {"simulated_power": share, "ci_low": low, "ci_high": high}
    if is_search:
        row |= _corrected(design, power, patients, share, cohorts, simulated)
    return row


def _corrected(
    design: PowerDesign,
    power: float,
    patients: int,
    share: float,
    cohorts: int,
    simulated: Callable[[int, int], float],
) -> Row:
    """Return the patients that reach the power, and the power of new cohorts of so many.

    The distance of the effect from none, in standard errors, grows with the root of the number:
    what was reached tells how many are needed. Until the power is reached within the error of
    chance, this is done again.
    """
    critical = float(special.ndtri(1.0 - design.alpha_of_each / 2.0))
    wanted = critical + float(special.ndtri(power))
    chance = _ERRORS_OF_CHANCE * math.sqrt(power * (1.0 - power) / cohorts)
    # Cohorts of `few` were found to fall short, those of `many` to suffice.
    few, many = _FEWEST_PATIENTS - 1, _MOST_PATIENTS
    for number in range(1, _CORRECTIONS + 1):
        few, many = (max(few, patients), many) if share < power else (few, min(many, patients))
        reached = max(critical + float(special.ndtri(share)), wanted / _LARGEST_STEP)
        patients = math.ceil(patients * (wanted / reached) ** 2)
        if not few < patients < many:
            patients = many if many - few <= 1 else (few + many) // 2
        share = simulated(patients, number)
        if abs(share - power) <= chance or many - few <= 1:
            break
    return {"patients_by_simulation": patients, "power_checked": share}


def _wilson(share: float, n: int) -> tuple[float, float]:
    z2 = float(special.ndtri(0.975)) ** 2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)
