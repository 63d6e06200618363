"""Settings of a virtual study: T cell receptor repertoires."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["RepertoiresPlan"]


@dataclass(frozen=True, slots=True)
class RepertoiresPlan:
    """What is written of T cell receptor repertoires; every field states its meaning."""

    is_written: bool = setting(default=False, meaning="whether files are written")
