"""The panel that the detectors and the labels of a file suggest."""

import re
from collections.abc import Sequence

from macroimmune.evidence import Antigen, find_antigen
from macroimmune.study.panels.detector import (
    area_of,
    bare_detector,
    detector_key,
    is_blank,
    repeats_detector,
    technical_role,
)
from macroimmune.study.panels.panel import Panel, PanelChannel

__all__ = ["channel_from_label", "panel_from_head"]

_METAL_BESIDE = re.compile(r"^\d{2,3}[A-Z][a-z]?[-_ ](?=.)|[-_ ]\d{2,3}[A-Z][a-z]?$")
# A detector named after a dye (PI-A) may be of a tube that was not stained with it.
_SAYS_VIABILITY = re.compile(r"dead|viab|zombie|cisplat", re.IGNORECASE)


def panel_from_head(name: str, names: Sequence[str], antigens: Sequence[str]) -> Panel:
    """Return the panel that detectors and labels of a file suggest.

    Parameters
    ----------
    name : str
    names, antigens : sequence of str, one per channel
        $PnN and $PnS.

    Notes
    -----
    Convention: the label says what a channel measures, the detector where there is no label.
    Heights and widths beside an area of the same detector, and channels beside their compensated
    ones, measure nothing of their own. A label that no antigen is known by stays, with the role
    `other`: it types no cells.

    Examples
    --------
    >>> panel_from_head("a", ["Nd145Di", "FSC-A", "Time"], ["145Nd_CD4", "", ""]).channels[1].role
    'scatter'
    """
    keys = {detector_key(one) for one in names}
    compensated = {detector_key(one) for one in names if bare_detector(one) != one.strip()}
    channels = []
    for detector, label in zip(names, antigens, strict=True):
        is_double = detector_key(detector) in compensated and bare_detector(detector) == detector
        if technical_role(detector) is None and (is_double or area_of(detector) in keys):
            channels.append(PanelChannel(detector, "", "other"))
        else:
            channels.append(channel_from_label(detector, label))
    return Panel(name, tuple(channels))


def channel_from_label(detector: str, label: str) -> PanelChannel:
    """Return what one channel measures, by its label, else by its detector.

    Parameters
    ----------
    detector, label : str
        $PnN and $PnS.

    Examples
    --------
    >>> channel_from_label("I127Di", "127I"), channel_from_label("PE-A", "my clone")
    (PanelChannel(channel='I127Di', antigen='', role='other'), \
PanelChannel(channel='PE-A', antigen='my clone', role='other'))
    """
    technical = technical_role(detector)
    if technical is not None:
        return PanelChannel(detector, "", technical)
    says_nothing = is_blank(label) or repeats_detector(label, detector)
    word = _METAL_BESIDE.sub("", label).strip()
    known = (find_antigen(label) or find_antigen(word)) if word else None
    if known is None and says_nothing:
        known = _of_detector(detector)
    if known is not None:
        return PanelChannel(detector, known.id, known.role)
    return PanelChannel(detector, "" if says_nothing else word, "other")


def _of_detector(detector: str) -> Antigen | None:
    """Return what the name of a detector says that it measures, None for the name of a dye."""
    known = find_antigen(bare_detector(detector))
    if known is not None and known.role == "viability" and not _SAYS_VIABILITY.search(detector):
        return None
    return known
