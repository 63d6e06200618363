"""Names for people in the sections on stimulation: populations, stimuli, marker lists."""

import re
from functools import cache

from macroimmune.evidence import find_population, marker_lists
from macroimmune.report.numbers import NO_BREAK
from macroimmune.report.source import Row

__all__ = ["in_words", "list_name", "panel_words", "population_name", "stimulus_words"]

_KINDS = {
    "early": "phosphorylation within minutes",
    "induced": "proteins induced within hours",
    "cytokine": "cytokines",
    "degranulation": "degranulation",
}
_MODALITIES = {"expression": "single-cell RNA", "supplied": "levels measured elsewhere"}
_NONE = "none"
_MINUTES = re.compile(r"(\d+(?:\.\d+)?) min")
_MINUTES_PER_HOUR, _MOST_IN_MINUTES = 60.0, 2.0


@cache
def population_name(population: str) -> str:
    """Return the population's name; a label of a laboratory stays as it is.

    Examples
    --------
    >>> population_name("effector_cd4"), population_name("Cluster 7"), population_name("")
    ('effector CD4 T cells', 'Cluster 7', 'all live single cells')
    """
    if not population:
        return "all live single cells"
    found = find_population(population)
    return found.name if found else population


def stimulus_words(row: Row) -> str:
    r"""Return the stimulus, how long it acted and its dose, as far as they are told.

    Examples
    --------
    >>> stimulus_words({"stimulus": "IFNa", "stimulus_minutes": 15.0})
    'IFNa, 15\xa0min'
    >>> stimulus_words({"stimulus": "IFNb", "stimulus_minutes": 360.0, "stimulus_dose": 0.0})
    'IFNb, 6\xa0h, dose 0'
    """
    minutes, dose = row.get("stimulus_minutes"), row.get("stimulus_dose")
    words = ["unstimulated" if row["stimulus"] == _NONE else str(row["stimulus"])]
    if minutes is not None:
        words.append(_time(minutes))
    if dose is not None:
        words.append(f"dose {dose:g} {row.get('stimulus_dose_unit') or ''}".strip())
    return ", ".join(words)


def _time(minutes: float) -> str:
    hours = minutes / _MINUTES_PER_HOUR
    is_long = hours > _MOST_IN_MINUTES
    return f"{hours:.3g}{NO_BREAK}h" if is_long else f"{minutes:g}{NO_BREAK}min"


@cache
def list_name(marker_list: str) -> str:
    """Return what the list is about.

    Examples
    --------
    >>> list_name("ifn1_early"), list_name("hallmark_interferon_alpha")
    ('type 1 interferon, phosphorylation within minutes', 'hallmark interferon alpha')
    """
    for one in marker_lists():
        if one.id == marker_list:
            return f"{one.family.replace('_', ' ')}, {_KINDS[one.kind]}"
    return marker_list.replace("_", " ")


def panel_words(row: Row) -> str:
    """Return what was measured on: the panel, or the modality where there is none."""
    return str(row["panel"] or _MODALITIES.get(row["modality"], row["modality"]))


def in_words(ids: str) -> str:
    r"""Return words in which ids have become names, and many minutes hours.

    Examples
    --------
    >>> in_words("ifn1_induced, effector_cd4, IFN-I, 1440 min")
    'type 1 interferon, proteins induced within hours, effector CD4 T cells, IFN-I, 24\xa0h'
    """
    lists = {one.id for one in marker_lists()}

    def named(part: str) -> str:
        found = _MINUTES.fullmatch(part)
        if found and float(found.group(1)) > _MOST_IN_MINUTES * _MINUTES_PER_HOUR:
            return _time(float(found.group(1)))
        if part in lists:
            return list_name(part)
        return population_name(part) if part else part

    return ", ".join(named(part) for part in ids.split(", "))
