"""Which markers and populations of a pair of wells were declared before outcomes were read."""

from collections.abc import Mapping
from dataclasses import dataclass

from macroimmune.evidence import MarkerList, marker_lists
from macroimmune.study.stimulation_settings import StimulationSettings
from macroimmune.study.study_stimulus import study_stimulus

__all__ = ["DeclaredMarkers", "declared_markers"]


@dataclass(frozen=True, slots=True)
class DeclaredMarkers:
    """What is declared for one stimulus and how long it acted.

    Parameters
    ----------
    lists : mapping from marker to str
        Id of the list that holds it.
    populations : mapping from id of the list to tuple of str
        In which it is read, the primary one first.
    """

    lists: Mapping[str, str]
    populations: Mapping[str, tuple[str, ...]]


def declared_markers(
    stimulus: str, minutes: float | None, settings: StimulationSettings
) -> DeclaredMarkers:
    """Return the markers and populations that are declared for a stimulus.

    Parameters
    ----------
    stimulus : str
        Its id, or as the study names it.
    minutes : float or None
        How long it acted; where that is not known, every list of the stimulus is read.
    settings : StimulationSettings
        Its markers and populations of a list go before the usual ones.

    Notes
    -----
    Convention: in lists that are read in effector CD4 T cells the declared primary population and
    those beside it take their place. A marker of two lists belongs to the first.

    Examples
    --------
    >>> found = declared_markers("ifn_alpha", 15.0, StimulationSettings())
    >>> found.lists["pSTAT1"], found.populations["ifn1_early"][0]
    ('ifn1_early', 'effector_cd4')
    """
    known = study_stimulus(settings, stimulus)
    of_family = marker_lists(known.family) if known is not None else ()
    lists = [one for one in of_family if one.covers(minutes)]
    markers: dict[str, str] = {}
    for one in lists:
        for marker in settings.markers.get(one.id, one.markers):
            markers.setdefault(marker, one.id)
    return DeclaredMarkers(markers, {one.id: _populations(one, settings) for one in lists})


def _populations(one: MarkerList, settings: StimulationSettings) -> tuple[str, ...]:
    if one.id in settings.populations:
        return settings.populations[one.id]
    if one.family != "type_1_interferon":
        return one.populations
    return tuple(dict.fromkeys((settings.population, *settings.sensitivity)))
