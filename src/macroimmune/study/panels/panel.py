"""A panel: the channels of a cytometry file with their antigens and roles."""

from collections.abc import Sequence
from dataclasses import dataclass

from macroimmune.evidence import Role, find_antigen

__all__ = ["Panel", "PanelChannel", "panel_from_head"]


@dataclass(frozen=True, slots=True)
class PanelChannel:
    """One channel.

    Parameters
    ----------
    channel : str
        The detector, $PnN.
    antigen : str
        Id of an antigen of the evidence, or the panel's own word where it is not known there;
        empty where nothing is measured.
    role : str
        `lineage` types cells, `state` never does; see `Role`.
    """

    channel: str
    antigen: str
    role: Role


@dataclass(frozen=True, slots=True)
class Panel:
    """The channels of a file, in the order of its columns.

    Parameters
    ----------
    name : str
    channels : tuple of PanelChannel
    """

    name: str
    channels: tuple[PanelChannel, ...]

    def index(self, antigen: str) -> int | None:
        """Return the column of an antigen, None where the panel lacks it."""
        return next((k for k, one in enumerate(self.channels) if one.antigen == antigen), None)

    def with_role(self, *roles: Role) -> tuple[int, ...]:
        """Return the columns whose role is one of these."""
        return tuple(k for k, one in enumerate(self.channels) if one.role in roles)

    @property
    def lineage_antigens(self) -> frozenset[str]:
        """The antigens that may type cells."""
        return frozenset(one.antigen for one in self.channels if one.role == "lineage")


def panel_from_head(name: str, names: Sequence[str], antigens: Sequence[str]) -> Panel:
    """Return the panel that detectors and labels of a file suggest.

    Parameters
    ----------
    name : str
    names, antigens : sequence of str, one per channel
        $PnN and $PnS.

    Examples
    --------
    >>> panel_from_head("a", ["Nd145Di", "FSC-A", "Time"], ["145Nd_CD4", "", ""]).channels[1].role
    'scatter'
    """
    pairs = zip(names, antigens, strict=True)
    return Panel(name, tuple(_channel(detector, label) for detector, label in pairs))


def _channel(detector: str, label: str) -> PanelChannel:
    known = find_antigen(label) or find_antigen(label.split("_", 1)[-1])
    if known is not None:
        return PanelChannel(detector, known.id, known.role)
    lower = detector.casefold()
    if lower == "time":
        return PanelChannel(detector, "", "time")
    if lower.startswith(("fsc", "ssc")):
        return PanelChannel(detector, "", "scatter")
    if lower in {"event_length", "cell_length"}:
        return PanelChannel(detector, "", "event_length")
    return PanelChannel(detector, label, "other")
