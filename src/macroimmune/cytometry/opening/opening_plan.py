"""What is done with each channel of a file, decided from its head before any event is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import Transform
from macroimmune.cytometry.opening.channel_scales import (
    ScaleChoice,
    channel_transforms,
    is_linear,
    scale_words,
)
from macroimmune.cytometry.opening.compensation import (
    Compensation,
    compensation_of,
    no_compensation,
)
from macroimmune.cytometry.opening.linear_scale import LinearStep, linear_steps
from macroimmune.cytometry.opening.technology import DetectedTechnology, detect_technology
from macroimmune.errors import InputError
from macroimmune.formats import FcsHead, Spillover
from macroimmune.study.panels import Panel, panel_from_head

__all__ = ["OpeningPlan", "opening_plan"]


@dataclass(frozen=True, slots=True, eq=False)
class OpeningPlan:
    """What is done with each channel of a file.

    Parameters
    ----------
    panel : Panel
        The channels that are returned, in order.
    columns : int array, shape (channels,)
        Where each stands in the file.
    steps : tuple of LinearStep
        By channel of the file.
    compensation : Compensation
        By channel of the file.
    transforms : tuple of Transform, one per channel of the panel
    technology : {"mass", "fluorescence"}
    ranges : float array, shape (channels,)
        Top of the detector, linear; NaN where it is missing.
    words : str
        The scale of the markers, and why.
    remarks : tuple of str
    """

    panel: Panel
    columns: NDArray[np.int64]
    steps: tuple[LinearStep, ...]
    compensation: Compensation
    transforms: tuple[Transform, ...]
    technology: Literal["mass", "fluorescence"]
    ranges: NDArray[np.float64]
    words: str
    remarks: tuple[str, ...]


def opening_plan(
    head: FcsHead,
    file: str,
    panel: Panel | None,
    *,
    transform: ScaleChoice,
    cofactor: float | None,
    spillover: Spillover | None,
) -> OpeningPlan:
    """Return what is done with each channel of a file.

    Parameters
    ----------
    head : FcsHead
    file : str
        For messages.
    panel : Panel or None
    transform : {"auto", "arcsinh", "logicle"}
    cofactor : float or None
    spillover : Spillover or None
        As in `open_events`.

    Raises
    ------
    InputError
        If panel, matrix and file do not fit together.
    """
    whole = panel_from_head(file, head.names, head.antigens)
    chosen = panel or whole
    columns = _columns(chosen, head.names, file)
    detected = detect_technology(head.names, head.antigens, head.keywords)
    linear = [k for k, channel in enumerate(whole.channels) if is_linear(channel)]
    time = [k for k, channel in enumerate(whole.channels) if channel.role == "time"]
    steps = linear_steps(
        head.names, head.amplifications, head.ranges.tolist(), head.keywords, time, file
    )
    compensation = _compensation(head, detected, spillover, linear, file)
    transforms = channel_transforms(chosen.channels, detected.technology, transform, cofactor)
    ranges = head.ranges.copy()
    for step in steps:
        ranges[step.channel] = step.largest
    remarks = (
        *head.remarks,
        *_of_technology(detected, transform),
        *_of_steps(steps, head.names),
        *compensation.remarks,
    )
    return OpeningPlan(
        chosen,
        columns,
        steps,
        compensation,
        transforms,
        detected.technology,
        ranges[columns],
        scale_words(transforms, detected),
        remarks,
    )


def _columns(panel: Panel, names: Sequence[str], file: str) -> NDArray[np.int64]:
    """Return where each channel of the panel stands in the file; of equal names, in turn.

    Raises
    ------
    InputError
        If the file lacks one.
    """
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name, []).append(place)
    found = [(places.get(one.channel) or [-1]).pop(0) for one in panel.channels]
    lacking = [one.channel for one, place in zip(panel.channels, found, strict=True) if place < 0]
    if lacking or not found:
        msg = (
            f"{file}: panel {panel.name} has {', '.join(lacking[:5]) or 'no channels'}, the file "
            f"{', '.join(names[:8])} ...; expected the channels of the file; give it its own panel"
        )
        raise InputError(msg)
    return np.array(found, np.int64)


def _compensation(
    head: FcsHead,
    detected: DetectedTechnology,
    given: Spillover | None,
    linear: Sequence[int],
    file: str,
) -> Compensation:
    spillover = given or head.spillover
    if detected.technology == "fluorescence":
        return compensation_of(head.names, head.antigens, spillover, linear, file)
    words = "none: mass cytometry"
    remark = "mass cytometry: the spillover matrix is not applied"
    return no_compensation(words, (remark,) if spillover else ())


def _of_technology(detected: DetectedTechnology, transform: ScaleChoice) -> tuple[str, ...]:
    remarks: tuple[str, ...] = ()
    if not detected.is_certain:
        remarks = (f"taken for {detected.technology} cytometry: {detected.reason}",)
    if transform == "logicle" and detected.technology == "mass":
        remarks = (*remarks, "arcsinh in the place of logicle, which is for fluorescence")
    return remarks


def _of_steps(steps: Sequence[LinearStep], names: Sequence[str]) -> tuple[str, ...]:
    logarithmic = [names[step.channel] for step in steps if step.decades]
    gains = [names[step.channel] for step in steps if not step.decades]
    said = (
        (logarithmic, "logarithmic amplifiers ($PnE) made linear"),
        (gains, "divided by the gain ($PnG)"),
    )
    return tuple(f"{words}: {', '.join(found)}" for found, words in said if found)
