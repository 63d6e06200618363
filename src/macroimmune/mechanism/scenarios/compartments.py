"""Where a column of the model lies, and in which unit it is printed."""

from collections.abc import Collection
from functools import cache

from macroimmune.mechanism.model import parameters
from macroimmune.mechanism.scenarios.interventions import interventions
from macroimmune.mechanism.scenarios.species import species_scales

__all__ = [
    "CELLS",
    "COMPARTMENTS",
    "column_place",
    "column_unit",
    "observable_unit",
    "printed_scale",
]

# How the columns of a compartment end, and the words of the claims.
COMPARTMENTS = {
    "bm": "bone marrow",
    "bl": "blood",
    "sp": "spleen",
    "ln": "dLN",
    "tu": "tumour",
    "lu": "lung",
    "pe": "periphery",
}
CELLS = "10^9 cells"
_RELATIVE = "relative to healthy"
_PURE = "1"
# Columns whose names do not end in their compartment.
_PLACES = {"Tum": "tumour", "Dist": "distant tumour"}
# States that end in a compartment and are no cells.
_NO_CELLS = frozenset({"Ag_tu", "AgR_ln", "Chemo_tu", "anti_PDL1_ln", "IFNg_tu"})


def column_place(column: str) -> str:
    """Return the compartment of a column; `none` where it has none.

    Examples
    --------
    >>> column_place("Neu_bm3"), column_place("Tum"), column_place("mobilisation")
    ('bone marrow', 'tumour', 'none')
    """
    ending = column.rpartition("_")[2].rstrip("0123456789")
    return _PLACES.get(column) or COMPARTMENTS.get(ending, "none")


def column_unit(column: str, populations: Collection[str]) -> str:
    """Return the unit of a column; `1` is a pure number.

    Parameters
    ----------
    column : str
    populations : collection of str
        States of the model; what is no state is a signal, which counts no cells.
    """
    if column in _drug_units():
        return _drug_units()[column]
    if column not in populations:
        return _PURE
    if column_place(column) != "none" and column not in _NO_CELLS:
        return CELLS
    return _RELATIVE if f"more_{column}" in parameters() else _PURE


def observable_unit(name: str) -> str:
    """Return the unit of an observable, which follows from its words.

    Examples
    --------
    >>> observable_unit("M-MDSC number"), observable_unit("M-MDSC frequency")
    ('10^9 cells', '1')
    """
    words = name.split()
    if "number" in words or words[-1] == "burden":
        return CELLS
    return _RELATIVE if words[-1] == "concentration" else _PURE


def printed_scale(species: str, unit: str) -> float:
    """Return what a value of the model is multiplied by to be printed for a species."""
    return species_scales()[species].count_scale if unit == CELLS else 1.0


@cache
def _drug_units() -> dict[str, str]:
    """Return the unit of each state that only one intervention adds to."""
    return {
        effect.quantity: kind.unit
        for kinds in interventions().values()
        for kind in kinds.values()
        for effect in kind.effects
        if effect.operation == "add" and column_place(effect.quantity) == "none"
    }
