"""Which observables of claims are read from the clones of a run, and not from its course."""

from functools import cache

from macroimmune.mechanism.acceptance.declared import declared_tables
from macroimmune.mechanism.clones import CLONAL_OBSERVABLES, PUBLISHED_SHARES
from macroimmune.mechanism.scenarios import observables

__all__ = ["by_chance", "clonal_places", "clone_seeds", "clone_seeds_in_draws", "is_clonal"]


@cache
def _places() -> dict[str, tuple[str, ...]]:
    of_courses = {name for _, name in observables().entries}
    found: dict[str, tuple[str, ...]] = {}
    for name, place in (*CLONAL_OBSERVABLES, *PUBLISHED_SHARES):
        if name not in of_courses:
            found[name] = (*found.get(name, ()), place)
    return found


def clonal_places(observable: str) -> tuple[str, ...]:
    """Return where clones give an observable; empty where the course of a run has it anywhere."""
    return _places().get(observable, ())


def is_clonal(observable: str) -> bool:
    """Return whether an observable is read from clones: they give it and no course does."""
    return observable in _places()


def by_chance(observable: str) -> str:
    """Return the observable that is the same by chance; empty where it is counted in chance.

    Notes
    -----
    Convention: what is read from clones has a chance of its own; observables of courses that speak
    of chance are relative to it.
    """
    beside = f"{observable} by chance"
    return beside if is_clonal(observable) and is_clonal(beside) else ""


def clone_seeds(number: int | None = None) -> range:
    """Return the seeds over which clones are averaged; those of `data/readouts.toml` for None."""
    return range(declared_tables("readouts.toml")["clones"]["seeds"] if number is None else number)


def clone_seeds_in_draws() -> int:
    """Return over how many seeds clones are averaged in each draw of the parameters."""
    return int(declared_tables("readouts.toml")["clones"]["seeds_in_draws"])
