"""Settings of a virtual study: the tables of clinic and laboratory."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["BloodCountsPlan", "MedicationsPlan", "PopulationsPlan", "ProteinsPlan", "VisitPlan"]


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


@dataclass(frozen=True, slots=True)
class BloodCountsPlan:
    """What is written of blood counts and routine values."""

    missing: float = setting(0.04, "share of single values that are missing", low=0.0, high=1.0)
    day_to_day: float = setting(
        0.15, "SD of the natural logarithm between two draws of one person", low=0.0, high=2.0
    )


@dataclass(frozen=True, slots=True)
class ProteinsPlan:
    """What is written of cytokines in serum."""

    missing: float = setting(0.06, "share of tubes that are missing", low=0.0, high=1.0)
    plate_effect: float = setting(
        0.10, "SD of the natural logarithm between plates", low=0.0, high=2.0
    )
    noise: float = setting(0.10, "SD of the natural logarithm within a plate", low=0.0, high=2.0)
    per_plate: int = setting(80, "samples on a plate", low=1)


@dataclass(frozen=True, slots=True)
class PopulationsPlan:
    """What is written of pre-gated populations."""

    missing: float = setting(0.10, "share of tubes that are missing", low=0.0, high=1.0)
    cells: int = setting(20_000, "live cells gated per tube", low=100)
    overdispersion: float = setting(
        0.002, "intra-class correlation of repeated tubes; 0 is binomial", low=0.0, high=0.5
    )


@dataclass(frozen=True, slots=True)
class MedicationsPlan:
    """What is written of other medication."""

    antibiotic: float = setting(0.12, "share of patients with a course", low=0.0, high=1.0)
    steroid: float = setting(0.10, "share of patients with a course", low=0.0, high=1.0)
    other: float = setting(0.25, "share of patients with a proton-pump inhibitor", low=0, high=1)
