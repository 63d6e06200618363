"""Settings of a virtual study: where its patients come from when they follow from the mechanism."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["MechanismPlan"]


@dataclass(frozen=True, slots=True)
class MechanismPlan:
    """The host and the tumour of all patients; each arm names what is done to them."""

    scenario: str = setting(
        "human_tumour", "ready scenario, or its file, that states host and tumour"
    )
    tumour_days: int = setting(
        0,
        "between the first tumour cells and treatment; 0: as the scenario says",
        unit="day",
        low=0,
        high=3650,
    )
