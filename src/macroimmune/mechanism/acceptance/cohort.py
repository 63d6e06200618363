"""The virtual cohort behind associations: hosts and tumours that differ, one immune system."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from macroimmune.mechanism.acceptance.declared import declared_tables
from macroimmune.mechanism.acceptance.frozen_rules import rules
from macroimmune.mechanism.model import parameters
from macroimmune.mechanism.scenarios import TUMOUR_FREE, Scenario, species_scales, tumours

__all__ = ["Patient", "patient_scenario", "patients"]

# A profile states it at the pace of mice.
_GROWTH = "growth_Tum"


@dataclass(frozen=True, slots=True)
class Patient:
    """What sets one patient apart.

    Parameters
    ----------
    tumour_days : float
        Multiple of the growth before day 0.
    host : mapping of str to float
        Inputs.
    tumour : mapping of str to float
        Inputs where a range is declared.
    tumour_times : mapping of str to float
        Multiples of the tumour's own inputs.
    """

    tumour_days: float
    host: Mapping[str, float]
    tumour: Mapping[str, float]
    tumour_times: Mapping[str, float]


@cache
def patients(count: int) -> tuple[Patient, ...]:
    """Return a cohort of this size, drawn by a Latin hypercube with the seed of the rules."""
    declared = declared_tables("cohort.toml")
    entries = [
        (part, name, said)
        for part in ("host", "tumour")
        for name, said in declared.get(part, {}).items()
    ]
    sampler = qmc.LatinHypercube(d=len(entries) + 1, rng=np.random.default_rng(rules().cohort_seed))
    draws = sampler.random(count)
    return tuple(_patient(row, entries, declared["tumour_days"]) for row in draws)


def _patient(
    row: NDArray[np.float64],
    entries: Sequence[tuple[str, str, Mapping[str, Any]]],
    growth: Mapping[str, Any],
) -> Patient:
    host, tumour, times = {}, {}, {}
    for share, (part, name, said) in zip(row[1:], entries, strict=True):
        if part == "host":
            usual = parameters()[name].value if "times" in said else 1.0
            host[name] = usual * _within(share, said)
        elif "times" in said:
            times[name] = _within(share, said)
        else:
            tumour[name] = _within(share, said)
    return Patient(_within(row[0], growth), host, tumour, times)


def _within(share: float, said: Mapping[str, Any]) -> float:
    low, high = said.get("times") or said["range"]
    if low > 0:
        return float(low * (high / low) ** share)
    return float(low + (high - low) * share)


def patient_scenario(scenario: Scenario, patient: Patient) -> Scenario:
    """Return the scenario with this patient as its host; what it states itself comes first."""
    host = {**patient.host, **scenario.host}
    if scenario.tumour == TUMOUR_FREE:
        return dataclasses.replace(scenario, host=host)
    own = tumours()[scenario.tumour].inputs
    pace = species_scales()[scenario.species].tumour_pace
    times = {}
    for name, factor in patient.tumour_times.items():
        usual = own.get(name, parameters()[name].value) * (pace if name == _GROWTH else 1)
        times[name] = min(max(factor * usual, parameters()[name].low), parameters()[name].high)
    growth = None if scenario.tumour_days is None else scenario.tumour_days * patient.tumour_days
    return dataclasses.replace(
        scenario,
        host=host,
        tumour_days=growth,
        tumour_inputs={**patient.tumour, **times, **scenario.tumour_inputs},
    )
