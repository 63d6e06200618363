"""Gates and labels that people made: workspaces, GatingML, tables, channels of clusters."""

from macroimmune.cytometry.manual.event_labels import (
    EventLabels,
    read_channel_labels,
    read_event_labels,
)
from macroimmune.cytometry.manual.gate_populations import GatedPopulations, gate_populations
from macroimmune.cytometry.manual.label_populations import label_populations
from macroimmune.cytometry.manual.manual_gates import ALL_EVENTS, ManualGate, ManualGates
from macroimmune.cytometry.manual.population_names import (
    checked_population_names,
    read_population_names,
)
from macroimmune.cytometry.manual.workspace import gate_with_workspace

__all__ = [
    "ALL_EVENTS",
    "EventLabels",
    "GatedPopulations",
    "ManualGate",
    "ManualGates",
    "checked_population_names",
    "gate_populations",
    "gate_with_workspace",
    "label_populations",
    "read_channel_labels",
    "read_event_labels",
    "read_population_names",
]
