"""FCS files to events that can be gated: compensated, transformed, file by file."""

from macroimmune.cytometry.opening.channel_scales import COFACTORS
from macroimmune.cytometry.opening.compensation import shares_of_spillover
from macroimmune.cytometry.opening.event_columns import EventBuffer
from macroimmune.cytometry.opening.event_opening import open_events
from macroimmune.cytometry.opening.logicle import Logicle, inverse_logicle, logicle
from macroimmune.cytometry.opening.spillover_file import read_spillover

__all__ = [
    "COFACTORS",
    "EventBuffer",
    "Logicle",
    "inverse_logicle",
    "logicle",
    "open_events",
    "read_spillover",
    "shares_of_spillover",
]
