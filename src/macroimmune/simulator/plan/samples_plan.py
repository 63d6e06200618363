"""Settings of a virtual study: batches, and how cells change between draws."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["SamplesPlan"]


@dataclass(frozen=True, slots=True)
class SamplesPlan:
    """How cells change between draws, on the log scale of fractions, and what is run together."""

    per_batch: int = setting(
        24, "samples processed together; all of one person are in one batch", low=1
    )
    drift: float = setting(
        0.08, "SD of each population's wandering within a person, per root month", low=0.0, high=2.0
    )
    ki67_rise: float = setting(
        1.5, "median fold rise of Ki67+ CD8 at its peak under immunotherapy", low=0.01, high=100.0
    )
    ki67_rise_of_responders: float = setting(
        1.8, "further fold rise in responders", low=0.01, high=100.0
    )
    ki67_spread: float = setting(
        0.5, "SD of the natural logarithm of that rise between patients", low=0.0, high=3.0
    )
    ki67_peak: float = setting(21.0, "when the rise is largest", unit="day", low=1.0, high=1000.0)
    other_moves: float = setting(
        1.0, "size of what immunotherapy does to other populations; 0 is nothing", low=0, high=10
    )
