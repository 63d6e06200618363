"""A panel: the channels of a cytometry file with their antigens and roles."""

from dataclasses import dataclass

from macroimmune.evidence import Role

__all__ = ["Panel", "PanelChannel"]


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
