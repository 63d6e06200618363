"""Settings of a virtual study: scans of the tumour."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["TumourPlan"]


@dataclass(frozen=True, slots=True)
class TumourPlan:
    """What is written of sums of diameters; studies without a tumour to measure have none."""

    median_mm: float = setting(70.0, "median sum of diameters at the start", low=10.0, high=1000.0)
    spread: float = setting(0.5, "SD of its natural logarithm between patients", low=0.0, high=2.0)
    scan_every: int = setting(
        63, "planned interval; stable disease lasts at least as long", unit="day", low=14, high=365
    )
    scans: int = setting(6, "planned scans after the first, until progression", low=1, high=60)
