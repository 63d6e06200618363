"""Settings of a virtual study: taxa of the gut."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["MicrobiomePlan"]


@dataclass(frozen=True, slots=True)
class MicrobiomePlan:
    """What is written of taxa of the gut; every field states its meaning."""

    is_written: bool = setting(default=False, meaning="whether files are written")
