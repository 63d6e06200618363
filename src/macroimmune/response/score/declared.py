"""What is declared of a list of markers: its markers, and in which populations it is read."""

from macroimmune.evidence import MarkerList, marker_lists
from macroimmune.study.stimulation_settings import StimulationSettings

__all__ = ["SCORED_FAMILY", "declared_list", "list_markers", "list_populations"]

# Type I interferon alone gives a score; other stimuli give effect sizes.
SCORED_FAMILY = "type_1_interferon"
# Beside the primary population all three definitions of effector CD4 T cells are shown.
_DEFINITIONS = ("effector_cd4", "em_cd4", "temra_cd4")


def declared_list(identity: str) -> MarkerList | None:
    """Return the list of markers of an id, None where there is none."""
    return next((one for one in marker_lists() if one.id == identity), None)


def list_markers(declared: MarkerList, settings: StimulationSettings) -> tuple[str, ...]:
    """Return the markers of a list: those of the study where it declares them."""
    return settings.markers.get(declared.id, declared.markers)


def list_populations(declared: MarkerList, settings: StimulationSettings) -> tuple[str, ...]:
    """Return the populations in which a list is read, the primary one first.

    Notes
    -----
    Convention: what the study declares for the list comes first; else a score is read in its
    primary population and after that in the definitions of its sensitivity, all three definitions
    of effector CD4 T cells among them where the primary one is of these.
    """
    given = settings.populations.get(declared.id, ())
    if declared.family != SCORED_FAMILY:
        return given or declared.populations
    primary = given[0] if given else settings.population
    known = _DEFINITIONS if primary in _DEFINITIONS else ()
    return tuple(dict.fromkeys((primary, *given[1:], *settings.sensitivity, *known)))
