"""Virtual people: who they are, what their blood holds, when it is drawn, how they fare."""

from macroimmune.simulator.leaves import LEAVES, Leaf
from macroimmune.simulator.people.people import Outcomes, People, Samples

__all__ = ["LEAVES", "Leaf", "Outcomes", "People", "Samples"]
