"""Which columns of a file tell kinds of events: by their roles, else by their detectors."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.closest import folded
from macroimmune.cytometry.events import Events
from macroimmune.cytometry.opening.technology import isotope_of
from macroimmune.study.panels import PanelChannel

__all__ = [
    "bead_metals",
    "dna_columns",
    "dna_content",
    "followed_columns",
    "forward_scatter",
    "named_column",
    "values_of",
]

# Metals of the EQ four-element calibration beads.
_BEAD_METALS = frozenset({"Ce140", "Eu151", "Eu153", "Ho165", "Lu175"})
_DNA_METALS = frozenset({"Ir191", "Ir193"})
# Area, height and width of forward scatter, as instruments call them.
_FORWARD = (
    ("FSC-A", "FS-A", "FSC-Area", "FS-Area"),
    ("FSC-H", "FS-H", "FSC-Height", "FS-Peak"),
    ("FSC-W", "FS-W", "FSC-Width", "FS-TOF"),
)


def metal(channel: PanelChannel) -> str:
    """Return element and mass number that a detector names, empty where it names none.

    Examples
    --------
    >>> metal(PanelChannel("DNA-1(Ir191)Dd", "DNA1", "dna"))
    'Ir191'
    """
    isotope = isotope_of(channel.channel)
    return f"{isotope[0]}{isotope[1]}" if isotope else ""


def dna_columns(events: Events) -> tuple[int, ...]:
    """Return the columns of DNA intercalators."""
    by_role = events.panel.with_role("dna")
    if by_role or events.technology != "mass":
        return by_role
    return tuple(k for k, one in enumerate(events.panel.channels) if metal(one) in _DNA_METALS)


def dna_content(
    events: Events, columns: tuple[int, ...], is_left: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return the mean of the DNA columns of the events that are left, arcsinh."""
    total = values_of(events, columns[0], is_left)
    for column in columns[1:]:
        total = total + values_of(events, column, is_left)
    return total / np.float32(len(columns))


def bead_metals(events: Events) -> tuple[tuple[int, ...], bool]:
    """Return the columns in which calibration beads shine, and whether one of them is for them."""
    channels = events.panel.channels
    own = set(events.panel.with_role("bead"))
    own |= {
        k for k, one in enumerate(channels)
        if metal(one) == "Ce140" and one.role not in {"lineage", "state"}
    }  # fmt: skip
    shared = {k for k, one in enumerate(channels) if metal(one) in _BEAD_METALS}
    return tuple(sorted(own | shared)), bool(own)


def followed_columns(events: Events) -> tuple[int, ...]:
    """Return the columns whose signals are followed over time."""
    return tuple(
        k
        for k, one in enumerate(events.panel.channels)
        if one.role not in {"time", "event_length"}
        and (one.role == "scatter" or events.transforms[k].kind != "linear")
        and (one.antigen or one.role != "other")
    )


def named_column(events: Events, *names: str) -> int | None:
    """Return the first column whose detector has one of these names.

    Case and punctuation do not matter: FSC-A is fsc_a.
    """
    wanted = {folded(name) for name in names}
    channels = events.panel.channels
    return next((k for k, one in enumerate(channels) if folded(one.channel) in wanted), None)


def forward_scatter(events: Events) -> tuple[int | None, int | None, int | None]:
    """Return the columns of area, height and width of forward scatter, None where one lacks."""
    area, height, width = (named_column(events, *names) for names in _FORWARD)
    return area, height, width


def values_of(events: Events, column: int, is_left: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the values of a column among the events that are left."""
    return np.ascontiguousarray(events.values[:, column])[is_left]
