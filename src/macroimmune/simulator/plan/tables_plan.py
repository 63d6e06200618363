"""Settings of a virtual study: the tables of clinic and laboratory."""

import re
from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting
from macroimmune.simulator.populations import POPULATIONS

__all__ = ["BloodCountsPlan", "MedicationsPlan", "PopulationsPlan", "ProteinsPlan", "VisitPlan"]

# What an immune-monitoring laboratory commonly reports; the others can be named too.
_REPORTED = (
    "cd4_t",
    "cd8_t",
    "b_cell",
    "naive_cd4",
    "effector_cd4",
    "treg",
    "naive_cd8",
    "em_cd8",
    "cd8_senescent",
    "ki67_cd8",
    "memory_b",
    "gamma_delta_t",
    "nk_cd56_bright",
    "nk_mature",
    "classical_monocyte",
    "non_classical_monocyte",
    "m_mdsc",
    "pmn_mdsc",
    "cdc2",
    "pdc",
)


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """One planned blood draw of patients."""

    name: str = setting("baseline", "its name in the protocol")
    day: int = setting(-3, "planned, from treatment start", unit="day", low=-365, high=3650)
    window_days: int = setting(3, "drawn up to so many days to either side", unit="day", low=0)
    missed: float = setting(0.0, "share of patients who do not come", low=0.0, high=1.0)
    is_for_healthy: bool = setting(
        default=False, meaning="whether healthy people come too; to the first they always do"
    )

    def __post_init__(self) -> None:
        if not self.name.strip():
            msg = "a visit needs a name"
            raise ValueError(msg)

    @property
    def slug(self) -> str:
        """Its name as it stands in the ids of samples: letters, digits and hyphens."""
        return re.sub(r"[^A-Za-z0-9]+", "-", self.name).strip("-") or "visit"


@dataclass(frozen=True, slots=True)
class BloodCountsPlan:
    """What is written of blood counts and routine values."""

    missing: float = setting(0.04, "share of single values that are missing", low=0.0, high=1.0)
    day_to_day: float = setting(
        0.15,
        "SD of the natural logarithm of neutrophils between a person's first and a later draw; "
        "other analytes in proportion",
        low=0.0,
        high=2.0,
    )
    ldh_upper_limit: float = setting(
        250.0, "of the laboratory's normal range of LDH", unit="U/L", low=50.0, high=1000.0
    )


@dataclass(frozen=True, slots=True)
class ProteinsPlan:
    """What is written of cytokines in serum."""

    missing: float = setting(0.06, "share of tubes that are missing", low=0.0, high=1.0)
    plate_effect: float = setting(
        0.10, "SD of the natural logarithm between plates", low=0.0, high=2.0
    )
    noise: float = setting(0.10, "SD of the natural logarithm within a plate", low=0.0, high=2.0)
    day_to_day: float = setting(
        0.30,
        "SD of the natural logarithm between a person's first and a later draw",
        low=0.0,
        high=2.0,
    )
    per_plate: int = setting(80, "samples on a plate", low=1)


@dataclass(frozen=True, slots=True)
class PopulationsPlan:
    """What is written of pre-gated populations."""

    missing: float = setting(0.10, "share of tubes that are missing", low=0.0, high=1.0)
    cells: int = setting(20_000, "live cells gated per tube", low=100)
    overdispersion: float = setting(
        0.002, "intra-class correlation of repeated tubes; 0 is binomial", low=0.0, high=0.5
    )
    reported: tuple[str, ...] = setting(
        _REPORTED, "populations that are delivered", choices=tuple(POPULATIONS)
    )

    def __post_init__(self) -> None:
        """Refuse a table without rows, or with a population twice.

        Raises
        ------
        ValueError
            In one line.
        """
        repeated = [name for name in self.reported if self.reported.count(name) > 1]
        if not self.reported or repeated:
            found = f"{repeated[0]!r} twice" if repeated else "none"
            msg = f"reported: {found}; expected each population once, and at least one"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class MedicationsPlan:
    """What is written of other medication: courses clear of treatment start and of draws."""

    antibiotic: float = setting(0.12, "share of patients with a course", low=0.0, high=1.0)
    steroid: float = setting(0.10, "share of patients with a course", low=0.0, high=1.0)
    g_csf: float = setting(0.03, "share of patients with a course", low=0.0, high=1.0)
    other: float = setting(0.25, "share of patients with a proton-pump inhibitor", low=0, high=1)
