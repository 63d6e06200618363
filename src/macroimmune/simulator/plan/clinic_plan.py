"""Settings of a virtual study: who the patients are."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["ClinicPlan"]


@dataclass(frozen=True, slots=True)
class ClinicPlan:
    """What the clinic knows of patients before treatment; independent of blood and outcome."""

    cancer_types: dict[str, float] = setting(
        {"NSCLC": 0.5, "melanoma": 0.3, "renal": 0.2}, "tumours and their shares", low=0.0
    )
    stages: dict[str, float] = setting(
        {"III": 0.15, "IV": 0.85}, "stages and their shares", low=0.0
    )
    performance_status: dict[str, float] = setting(
        {"0": 0.45, "1": 0.45, "2": 0.10},
        "ECOG and its shares",
        low=0.0,
        choices=("0", "1", "2", "3", "4"),
    )
    prior_therapy: float = setting(
        0.40, "share of patients who had systemic therapy before", low=0.0, high=1.0
    )

    def __post_init__(self) -> None:
        """Refuse kinds of which nobody is.

        Raises
        ------
        ValueError
            Where the shares of a list add up to nothing.
        """
        for name in ("cancer_types", "stages", "performance_status"):
            if not sum(getattr(self, name).values()) > 0:
                msg = f"{name}: the shares add up to 0; give at least one of them a share"
                raise ValueError(msg)
