"""Settings of a virtual study: single-cell RNA."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["ExpressionPlan"]


@dataclass(frozen=True, slots=True)
class ExpressionPlan:
    """What is written of single-cell RNA; every field states its meaning."""

    is_written: bool = setting(default=False, meaning="whether files are written")
