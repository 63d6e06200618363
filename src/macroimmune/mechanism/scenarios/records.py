"""What a scenario states: a host, a tumour, and what is done to them on which day."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["TUMOUR_FREE", "Intervention", "Scenario"]

# The tumour of a host without one.
TUMOUR_FREE = "none"
_SETTLE_DAYS = 60.0


@dataclass(frozen=True, slots=True)
class Intervention:
    """One intervention with its schedule.

    Parameters
    ----------
    name : str
        As in the catalogue (`interventions`).
    day : float, days from the start of treatment
        First dose; negative while the tumour grows.
    dose : float or None, in the catalogue's unit
        None is the catalogue's dose.
    every : float or None, days
        Between doses; None is one dose.
    times : int
        Doses in all; with `every`.
    until : float or None, days from the start of treatment
        With `every`, no dose is later than this; of an intervention that holds an input (a clamp),
        the day on which it is set back.
    compartment : str or None
        Where it is given, if that is not where it is usually given.
    kind : str
        Class of a drug, such as that of a chemotherapy, or the input of a clamp; empty is the
        first kind of the catalogue.
    """

    name: str
    day: float = 0.0
    dose: float | None = None
    every: float | None = None
    times: int = 1
    until: float | None = None
    compartment: str | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A host, a tumour and interventions.

    Parameters
    ----------
    name : str
    species : str
        `mouse` or `human`.
    tumour : str
        A profile of `tumours`; `none` is a tumour-free host.
    tumour_days : float or None, days
        Between implantation and day 0; None is the species' own.
    settle_days : float, days
        Before implantation: the host with its inputs reaches its own resting state.
    days : float, days
        Length of the run after day 0.
    host, tumour_inputs : mapping of str to float
        Inputs of role host and of role tumour that differ from species and profile.
    interventions : tuple of Intervention
    meaning : str

    Notes
    -----
    Convention: day 0 is the start of treatment or of read-out; a run begins
    `tumour_days` + `settle_days` before it.
    Equal scenarios have equal hashes; the mappings are copied and not to be changed.
    """

    name: str
    species: str = "mouse"
    tumour: str = TUMOUR_FREE
    tumour_days: float | None = None
    settle_days: float = _SETTLE_DAYS
    days: float = 60.0
    host: Mapping[str, float] = field(default_factory=dict)
    tumour_inputs: Mapping[str, float] = field(default_factory=dict)
    interventions: tuple[Intervention, ...] = ()
    meaning: str = ""

    def __post_init__(self) -> None:
        for name in ("days", "settle_days"):
            object.__setattr__(self, name, float(getattr(self, name)))
        object.__setattr__(self, "host", dict(self.host))
        object.__setattr__(self, "tumour_inputs", dict(self.tumour_inputs))
        object.__setattr__(self, "interventions", tuple(self.interventions))

    def __hash__(self) -> int:
        """Return the same number for equal scenarios."""
        return hash((self.name, self.species, self.tumour, self.days, self.interventions))
