"""On which scale each channel is looked at, and the words that say so."""

from collections.abc import Sequence
from typing import Literal

from macroimmune.cytometry.events import Transform
from macroimmune.cytometry.opening.technology import DetectedTechnology
from macroimmune.errors import InputError
from macroimmune.study.panels import PanelChannel
from macroimmune.study.panels.detector import technical_role

__all__ = [
    "COFACTORS",
    "LOGICLE_WORDS",
    "ScaleChoice",
    "channel_transforms",
    "is_linear",
    "scale_words",
]

ScaleChoice = Literal["auto", "arcsinh", "logicle"]

LOGICLE_WORDS = "logicle in decades"

COFACTORS = {"mass": 5.0, "fluorescence": 150.0}
_LINEAR_ROLES = frozenset({"time", "scatter", "event_length"})
_SMALLEST_COFACTOR, _LARGEST_COFACTOR = 1e-6, 1e9


def is_linear(channel: PanelChannel) -> bool:
    """Return whether a channel stays linear: time, scatter, length, what programs computed.

    Examples
    --------
    >>> is_linear(PanelChannel("FSC-A", "", "scatter"))
    True
    """
    return channel.role in _LINEAR_ROLES or technical_role(channel.channel) is not None


def channel_transforms(
    channels: Sequence[PanelChannel],
    technology: Literal["mass", "fluorescence"],
    choice: ScaleChoice,
    cofactor: float | None,
) -> tuple[Transform, ...]:
    """Return the transform of each channel; those of logicle have no parameters yet.

    Parameters
    ----------
    channels : sequence of PanelChannel
    technology : {"mass", "fluorescence"}
    choice : {"auto", "arcsinh", "logicle"}
        `auto` is arcsinh. Logicle is for fluorescence; mass cytometry has arcsinh all the same.
    cofactor : float or None
        None: 5 for mass, 150 for fluorescence.

    Raises
    ------
    InputError
        If the choice is none of these, or the cofactor not between 1e-6 and 1e9.
    """
    if choice not in {"auto", "arcsinh", "logicle"}:
        msg = f"transform = {choice!r}; expected auto, arcsinh or logicle"
        raise InputError(msg)
    scale = COFACTORS[technology] if cofactor is None else float(cofactor)
    if not _SMALLEST_COFACTOR <= scale <= _LARGEST_COFACTOR:
        msg = f"cofactor = {cofactor}; expected {_SMALLEST_COFACTOR:g} to {_LARGEST_COFACTOR:g}"
        raise InputError(msg)
    is_logicle = choice == "logicle" and technology == "fluorescence"
    marker = Transform("logicle") if is_logicle else Transform("arcsinh", scale)
    return tuple(Transform("linear") if is_linear(one) else marker for one in channels)


def scale_words(transforms: Sequence[Transform], detected: DetectedTechnology) -> str:
    """Return in words on which scale the markers are, and why.

    Examples
    --------
    >>> detected = DetectedTechnology("mass", "30 channels named by a metal", True)
    >>> scale_words([Transform("arcsinh", 5.0), Transform("linear")], detected)
    'arcsinh(x / 5), mass cytometry by 30 channels named by a metal; 1 channel linear'
    """
    n_linear = sum(one.kind == "linear" for one in transforms)
    marker = next((one for one in transforms if one.kind != "linear"), Transform("linear"))
    scale = {
        "linear": "linear: no markers",
        "arcsinh": f"arcsinh(x / {marker.cofactor:g})",
        "logicle": LOGICLE_WORDS,
    }[marker.kind]
    why = f"{detected.technology} cytometry by {detected.reason}"
    return f"{scale}, {why}; {n_linear} channel{'s' * (n_linear != 1)} linear"
