"""Settings of a virtual study: taxa of the gut."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["MicrobiomePlan"]


@dataclass(frozen=True, slots=True)
class MicrobiomePlan:
    """What is written of taxa of the gut; every field states its meaning."""

    is_written: bool = setting(default=False, meaning="whether files are written")
    participants: int = setting(1000, "only the first so many people are asked", low=0)
    collected: float = setting(
        0.85, "share of people who give stool at baseline", low=0.0, high=1.0
    )
    days_before: int = setting(
        14, "given up to so many days before treatment", unit="day", low=0, high=365
    )
    reads: float = setting(20_000.0, "median reads of a sample that have a taxon", low=10.0)
    reads_spread: float = setting(
        0.5, "SD of the natural logarithm of reads between samples", low=0.0, high=3.0
    )
    person_spread: float = setting(
        1.3, "SD of the natural logarithm of a taxon between people", low=0.0, high=5.0
    )
    absent: float = setting(
        0.30, "share of taxa that a person lacks; rare ones more often", low=0.0, high=0.9
    )
    noise: float = setting(
        0.25, "SD of the natural logarithm of a taxon between tubes", low=0.0, high=3.0
    )
    batch_spread: float = setting(
        0.10, "SD of the natural logarithm of a taxon between extractions", low=0.0, high=3.0
    )
    samples_per_batch: int = setting(90, "tubes extracted together", low=1)
    in_responders: float = setting(
        0.6,
        "natural logarithm of how much more responders have of taxa known for it; 0: none",
        low=-5.0,
        high=5.0,
    )
    antibiotic_days: int = setting(
        180, "how long after an antibiotic taxa stay away", unit="day", low=0, high=3650
    )
    antibiotic_loss: float = setting(0.30, "share of taxa lost by then", low=0.0, high=1.0)
