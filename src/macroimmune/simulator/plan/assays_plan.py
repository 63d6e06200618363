"""Settings of a virtual study: assays of living cells, and scores computed from them."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["FunctionalAssaysPlan", "ScoresPlan"]


@dataclass(frozen=True, slots=True)
class FunctionalAssaysPlan:
    """What is written of degranulation and cytokines after stimulation; no cause of outcome."""

    is_written: bool = setting(default=True, meaning="whether the table is written")
    missing: float = setting(0.20, "share of draws without an assay", low=0.0, high=1.0)
    noise: float = setting(
        0.20, "SD of the logit between two assays of one person", low=0.0, high=3.0
    )


@dataclass(frozen=True, slots=True)
class ScoresPlan:
    """What is written of responsiveness to interferon as another laboratory computed it."""

    is_written: bool = setting(default=True, meaning="whether the table is written")
    missing: float = setting(0.10, "share of patients without a score", low=0.0, high=1.0)
    noise: float = setting(
        0.30, "error of measurement, in SD of healthy people", low=0.0, high=10.0
    )
