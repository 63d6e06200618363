"""The catalogue of interventions: what each one does to the model, its dose and its source."""

from dataclasses import dataclass
from functools import cache

from macroimmune.mechanism.model import as_record, table_rows

__all__ = ["ALL_KINDS", "CLAMP", "OPERATIONS", "Effect", "InterventionKind", "interventions"]

# A row of effects that belongs to every kind of its intervention.
ALL_KINDS = "*"
# The intervention that holds the input which its kind names at its dose.
CLAMP = "clamp"
# add: amount x dose is added. set: the quantity is held at amount. set_to_dose: it is held at
# amount x dose. remove: the share amount x dose (0 to 1) is taken away.
OPERATIONS = ("add", "set", "set_to_dose", "remove")


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that an intervention does to the model.

    Parameters
    ----------
    compartment : str
        Variant of the intervention that it belongs to; empty is the usual one.
    quantity : str
        Population, drug or parameter; `*` stands for any characters where it is a removal.
    operation : str
        One of `OPERATIONS`.
    amount : float
        Per unit of dose; of `set`, the value.
    lasts : float or None, days
        Until a held quantity is set back; None is the rest of the run.
    """

    compartment: str
    quantity: str
    operation: str
    amount: float
    lasts: float | None


@dataclass(frozen=True, slots=True)
class InterventionKind:
    """One intervention, or one of its kinds, with all that it does.

    Parameters
    ----------
    name, kind : str
    dose : float
        Where a scenario states none.
    unit : str
        Of the dose.
    source, meaning : str
    effects : tuple of Effect
    """

    name: str
    kind: str
    dose: float
    unit: str
    source: str
    meaning: str
    effects: tuple[Effect, ...]

    @property
    def compartments(self) -> tuple[str, ...]:
        """Return where it can be given; empty is the usual place."""
        return tuple(dict.fromkeys(effect.compartment for effect in self.effects))

    @property
    def holds(self) -> bool:
        """Return whether it holds an input, which can be set back."""
        return any(effect.operation.startswith("set") for effect in self.effects)

    def effects_in(self, compartment: str | None) -> tuple[Effect, ...]:
        """Return what it does where it is given in this compartment."""
        return tuple(e for e in self.effects if e.compartment == (compartment or ""))


@cache
def interventions() -> dict[str, dict[str, InterventionKind]]:
    """Return the catalogue: by name, its kinds; the first kind is the one meant by default."""
    effects = table_rows("scenarios", "data/intervention_effects.csv")
    catalogue: dict[str, dict[str, InterventionKind]] = {}
    for row in table_rows("scenarios", "data/interventions.csv"):
        name, kind = row["id"], row["kind"]
        catalogue.setdefault(name, {})[kind] = as_record(
            InterventionKind,
            row,
            name=name,
            effects=tuple(
                as_record(Effect, one)
                for one in effects
                if one["id"] == name and one["kind"] in {kind, ALL_KINDS}
            ),
        )
    return catalogue
