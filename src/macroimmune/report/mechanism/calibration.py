"""The published quantities beside the model's own, run anew for the page."""

from math import exp, isfinite

from macroimmune.mechanism.fitting import measured_targets, targets, unmeasurable
from macroimmune.mechanism.model import Engine
from macroimmune.report.mechanism.target_figure import ComparedTarget

__all__ = ["compared_targets"]


def compared_targets() -> tuple[ComparedTarget, ...]:
    """Return every calibration target with the number that the model gives for it.

    Notes
    -----
    Convention: with the parameters of the table. Where the model cannot be asked, or its number is
    not above zero, `model` is None.
    """
    without = unmeasurable(targets())
    chosen = tuple(one for one in targets() if one.id not in without)
    logs = measured_targets(Engine(), {}, chosen).tolist()
    found = {one.id: exp(log) for one, log in zip(chosen, logs, strict=True) if isfinite(log)}
    return tuple(
        ComparedTarget(
            meaning=one.meaning,
            unit=one.unit,
            grade=one.grade,
            source=one.source,
            value=one.value,
            low=one.low,
            high=one.high,
            model=found.get(one.id),
        )
        for one in targets()
    )
