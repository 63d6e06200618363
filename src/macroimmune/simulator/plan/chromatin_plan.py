"""Settings of a virtual study: gene activity from open chromatin."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["ChromatinPlan"]


@dataclass(frozen=True, slots=True)
class ChromatinPlan:
    """What is written of gene activity from open chromatin; every field states its meaning."""

    is_written: bool = setting(default=False, meaning="whether files are written")
