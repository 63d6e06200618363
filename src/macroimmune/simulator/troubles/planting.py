"""Planting troubles by name into the files of a virtual study."""

from itertools import combinations

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.simulator.streams import random_stream
from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.troubles.catalogue import TROUBLES
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["chosen_troubles", "plant"]


def chosen_troubles(names: tuple[str, ...]) -> tuple[Trouble, ...]:
    """Return the troubles of these names, in the order of the catalogue.

    Raises
    ------
    InputError
        If there is none of a name, or two of them change the same thing.

    Examples
    --------
    >>> [trouble.name for trouble in chosen_troubles(("line-endings", "reversed-events"))]
    ['reversed-events', 'line-endings']
    """
    for name in names:
        if name not in TROUBLES:
            msg = f"troubles: {name!r} is none. {did_you_mean(name, TROUBLES)}"
            raise InputError(msg)
    chosen = tuple(trouble for name, trouble in TROUBLES.items() if name in names)
    for one, other in combinations(chosen, 2):
        both = [what for what in one.changes if what in other.changes]
        if both:
            msg = f"troubles: {one.name!r} and {other.name!r} both change {both[0]}; choose one"
            raise InputError(msg)
    return chosen


def plant(names: tuple[str, ...], files: StudyFiles, *, seed: int) -> StudyFiles:
    """Return the files of a virtual study with troubles in them.

    Parameters
    ----------
    names : tuple of str
        Of the catalogue, in any order; a name given twice counts once.
    files : StudyFiles
    seed : int
        Of the study. Each trouble draws from its own stream, so that it looks the same whichever
        others are planted with it.

    Returns
    -------
    files : StudyFiles
        Equal to what came in where `names` is empty.

    Raises
    ------
    InputError
        If there is no trouble of a name, two of them change the same thing, or the study lacks
        what one of them changes.
    """
    for trouble in chosen_troubles(names):
        try:
            files = trouble.plant(files, random_stream(seed, "troubles", trouble.name))
        except InputError as error:
            msg = f"trouble {trouble.name!r}: {error}"
            raise InputError(msg) from error
    return files
