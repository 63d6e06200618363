"""Planted troubles: every fault of files that a check knows, by name."""

from macroimmune.simulator.troubles.catalogue import TROUBLES
from macroimmune.simulator.troubles.planting import chosen_troubles, plant
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["TROUBLES", "Trouble", "chosen_troubles", "plant"]
