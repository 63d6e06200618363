"""Virtual T cell receptor repertoires: receptors, clones of a person, libraries, files."""

from macroimmune.simulator.repertoires.clone_fractions import CloneFractions, clone_fractions
from macroimmune.simulator.repertoires.clones import Clones, draw_clones
from macroimmune.simulator.repertoires.person import Draw, Person
from macroimmune.simulator.repertoires.person_chains import PersonChains, draw_person_chains
from macroimmune.simulator.repertoires.receptors import Receptors, draw_receptors
from macroimmune.simulator.repertoires.repertoires_delivery import (
    MANIFEST,
    repertoires_delivery,
    sequenced_people,
)

__all__ = [
    "MANIFEST",
    "CloneFractions",
    "Clones",
    "Draw",
    "Person",
    "PersonChains",
    "Receptors",
    "clone_fractions",
    "draw_clones",
    "draw_person_chains",
    "draw_receptors",
    "repertoires_delivery",
    "sequenced_people",
]
