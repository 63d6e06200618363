"""What is decided on responses to stimuli before outcomes are read: `[analysis.stimulation]`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Literal, get_args

from macroimmune.evidence import (
    find_antigen,
    find_population,
    marker_lists,
    populations,
    stimuli,
)
from macroimmune.study.column_settings import Problems, text_list

__all__ = ["Reference", "StimulationSettings", "stimulation_settings", "stimulus_key"]

Reference = Literal["auto", "healthy", "baseline"]
_KEY = "analysis.stimulation"


@dataclass(frozen=True, slots=True)
class StimulationSettings:
    """How responses to stimuli become scores; what each setting does stands beside it.

    Parameters
    ----------
    population : str
    sensitivity : tuple of str
    reference : {"auto", "healthy", "baseline"}
    reference_file : str
    markers : mapping from marker list to tuple of str
    populations : mapping from marker list to tuple of str
    stimuli : mapping from the study's word, in lower case, to id of a stimulus or of a family
    """

    population: str = field(
        default="effector_cd4",
        metadata={"meaning": "primary population of the responsiveness score"},
    )
    sensitivity: tuple[str, ...] = field(
        default=("em_cd4", "temra_cd4"),
        metadata={"meaning": "other definitions beside which the primary one is shown"},
    )
    reference: Reference = field(
        default="auto",
        metadata={
            "meaning": "people against whom responses are standardised: healthy controls of the "
            "study, its baseline cohort, or (auto) the controls where there are at least 20"
        },
    )
    reference_file: str = field(
        default="",
        metadata={
            "meaning": "responsiveness_reference.csv of an earlier run, from the folder of "
            "study.toml: its frozen reference is used"
        },
    )
    markers: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({}),
        metadata={
            "meaning": "markers of a list in the place of the usual ones: "
            'markers = { ifn1_early = ["pSTAT1", "pSTAT3", "pSTAT5"] }'
        },
    )
    populations: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({}),
        metadata={
            "meaning": "populations in which a list is read in the place of the usual ones: "
            'populations = { il6_early = ["cd4_t", "cd8_t"] }'
        },
    )
    stimuli: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({}),
        metadata={
            "meaning": "what a word of the study means, as the id of a stimulus or of a family of "
            'them: stimuli = { "S1" = "ifn_alpha", "my ligand" = "tlr" }'
        },
    )


def stimulation_settings(section: object, problems: Problems) -> StimulationSettings:
    """Return the decisions of `[analysis.stimulation]`; what is absent keeps its default.

    Parameters
    ----------
    section : object
        As parsed from TOML.
    problems : Problems
        Receives an error for every key or value that cannot be used.
    """
    default = StimulationSettings()
    if not isinstance(section, Mapping):
        problems.wrong_type(_KEY, section, f"a section [{_KEY}]")
        return default
    known = [one.name for one in fields(StimulationSettings)]
    for name in section:
        if name not in known:
            problems.unknown_key(f"{_KEY}.{name}", name, known)
    return StimulationSettings(
        population=_population(section, default.population, problems),
        sensitivity=_populations(section.get("sensitivity"), f"{_KEY}.sensitivity", problems)
        if "sensitivity" in section
        else default.sensitivity,
        reference=_reference(section, default.reference, problems),
        reference_file=_text(section, "reference_file", problems),
        markers=_by_list(section, "markers", problems),
        populations=_by_list(section, "populations", problems),
        stimuli=_stimuli(section, problems),
    )


def stimulus_key(words: str) -> str:
    """Return the word of a stimulus as declarations hold it: without case, one space between."""
    return " ".join(words.casefold().split())


def _population(section: Mapping[str, object], default: str, problems: Problems) -> str:
    if "population" not in section:
        return default
    found = _populations([section["population"]], f"{_KEY}.population", problems)
    return found[0] if found else default


def _populations(given: object, key: str, problems: Problems) -> tuple[str, ...]:
    found = []
    for word in text_list(given, key, problems):
        known = find_population(word)
        if known is None:
            problems.unknown_key(key, word, [one.id for one in populations()])
        else:
            found.append(known.id)
    return tuple(found)


def _markers(given: object, key: str, problems: Problems) -> tuple[str, ...]:
    found = []
    for word in text_list(given, key, problems):
        known = find_antigen(word)
        if known is None:
            problems.wrong_type(key, word, "an antigen such as pSTAT1 or MX1")
        else:
            found.append(known.id)
    return tuple(found)


def _by_list(
    section: Mapping[str, object], name: str, problems: Problems
) -> Mapping[str, tuple[str, ...]]:
    key = f"{_KEY}.{name}"
    given = section.get(name, {})
    if not isinstance(given, Mapping):
        problems.wrong_type(key, given, "a section such as { ifn1_early = [...] }")
        return MappingProxyType({})
    lists = [one.id for one in marker_lists()]
    read = _markers if name == "markers" else _populations
    found = {}
    for identity, words in given.items():
        if identity in lists:
            found[str(identity)] = read(words, f"{key}.{identity}", problems)
        else:
            problems.unknown_key(f"{key}.{identity}", str(identity), lists)
    return MappingProxyType(found)


def _stimuli(section: Mapping[str, object], problems: Problems) -> Mapping[str, str]:
    key = f"{_KEY}.stimuli"
    given = section.get("stimuli", {})
    if not isinstance(given, Mapping):
        problems.wrong_type(key, given, 'a section such as { "S1" = "ifn_alpha" }')
        return MappingProxyType({})
    known = [*(one.id for one in stimuli()), *dict.fromkeys(one.family for one in stimuli())]
    found = {}
    for words, meant in given.items():
        if isinstance(meant, str) and meant in known:
            found[stimulus_key(str(words))] = meant
        elif isinstance(meant, str):
            problems.unknown_key(f"{key}.{words}", meant, known)
        else:
            problems.wrong_type(f"{key}.{words}", meant, "the id of a stimulus such as ifn_alpha")
    return MappingProxyType(found)


def _reference(section: Mapping[str, object], default: Reference, problems: Problems) -> Reference:
    value = section.get("reference", default)
    for word in get_args(Reference):
        if word == value:
            chosen: Reference = word
            return chosen
    if isinstance(value, str):
        problems.unknown_key(f"{_KEY}.reference", value, get_args(Reference))
    else:
        problems.wrong_type(f"{_KEY}.reference", value, "auto, healthy or baseline")
    return default


def _text(section: Mapping[str, object], name: str, problems: Problems) -> str:
    value = section.get(name, "")
    if isinstance(value, str):
        return value
    problems.wrong_type(f"{_KEY}.{name}", value, "a path as text")
    return ""
