"""Taxa of the gut of virtual people."""

from macroimmune.simulator.microbiome.microbiome_delivery import microbiome_delivery

__all__ = ["microbiome_delivery"]
