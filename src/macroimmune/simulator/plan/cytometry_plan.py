"""Settings of a virtual study: FCS files."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["CytometryPlan"]


@dataclass(frozen=True, slots=True)
class CytometryPlan:
    """What is written of FCS files; every field states its meaning."""

    is_written: bool = setting(default=False, meaning="whether files are written")
