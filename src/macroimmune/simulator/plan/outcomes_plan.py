"""Settings of a virtual study: arms, outcomes and what acts on them."""

from dataclasses import dataclass

from macroimmune.closest import did_you_mean
from macroimmune.simulator.features import FEATURES
from macroimmune.simulator.plan.setting import setting

__all__ = ["ArmPlan", "EffectPlan", "OutcomesPlan"]


@dataclass(frozen=True, slots=True)
class ArmPlan:
    """One arm; its effects are against the first arm, all else equal."""

    name: str = setting("anti-PD1", "as it stands in the tables")
    share: float = setting(1.0, "of the patients, relative to the other arms", low=0.0)
    is_immunotherapy: bool = setting(default=True, meaning="whether immunotherapy is given")
    hazard_ratio: float = setting(1.0, "of progression and death", low=0.01, high=100.0)
    odds_ratio: float = setting(1.0, "of response", low=0.01, high=100.0)
    scenario: str = setting(
        "",
        "with source mechanism: ready scenario, or its file, whose interventions are given; empty: "
        "none",
    )

    def __post_init__(self) -> None:
        if not self.name.strip():
            msg = "an arm needs a name"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class EffectPlan:
    """A feature that acts by itself on outcome, all others held fixed."""

    feature: str = setting(meaning="which feature acts", choices=tuple(FEATURES))
    hazard_ratio: float = setting(
        1.0, "of progression and death, per doubling or per SD of the feature", low=0.01, high=100.0
    )
    odds_ratio: float = setting(1.0, "of response, the same way", low=0.01, high=100.0)
    arms: tuple[str, ...] = setting((), "only in these arms; empty: in all (prognostic)")

    def __post_init__(self) -> None:
        """Refuse a feature that is not in the catalogue.

        Raises
        ------
        ValueError
            With the nearest name.
        """
        if self.feature not in FEATURES:
            msg = f"feature {self.feature!r}: no such name. {did_you_mean(self.feature, FEATURES)}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class OutcomesPlan:
    """Times and chances of an average patient of the first arm."""

    disease: str = setting(
        "metastatic",
        "metastatic: tumour response and progression; adjuvant: the tumour is out, relapse counts",
        choices=("metastatic", "adjuvant"),
    )
    os_median_months: float = setting(18.0, "median overall survival", unit="month", low=0.1)
    os_shape: float = setting(1.1, "Weibull shape; 1 is a constant hazard", low=0.1, high=10.0)
    progression_median_months: float = setting(
        8.0, "median time to progression or relapse", unit="month", low=0.1
    )
    progression_shape: float = setting(0.9, "Weibull shape", low=0.1, high=10.0)
    response: float = setting(0.30, "probability of CR or PR", low=0.001, high=0.999)
    complete_response: float = setting(0.25, "share of responses that are CR", low=0.0, high=1.0)
    not_evaluable: float = setting(0.03, "share of best responses NE", low=0.0, high=1.0)
    enrolment_months: float = setting(24.0, "how long patients enter", unit="month", low=0.0)
    follow_up_months: float = setting(
        12.0, "from the last patient in to the data cut", unit="month", low=0.0
    )
    lost_per_year: float = setting(
        0.05, "hazard of loss to follow-up", unit="per year", low=0.0, high=10.0
    )
    cancer_death: float = setting(
        0.60,
        "share of deaths before a recorded progression that the cancer caused",
        low=0.0,
        high=1.0,
    )
    treatment_death: float = setting(
        0.10, "share of deaths before progression that treatment caused", low=0.0, high=1.0
    )

    def __post_init__(self) -> None:
        if self.cancer_death + self.treatment_death > 1.0:
            msg = (
                f"cancer_death = {self.cancer_death:g} and treatment_death = "
                f"{self.treatment_death:g} are shares of the same deaths; together at most 1"
            )
            raise ValueError(msg)
