"""What is decided on cytometry before outcomes are read: `[analysis.cytometry]`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, TypeVar, get_args

from macroimmune.evidence import find_population, populations
from macroimmune.study.column_settings import Problems, text_list

__all__ = ["Alignment", "CytometrySettings", "TransformName", "Way", "cytometry_settings"]

Alignment = Literal["none", "controls", "batches"]
TransformName = Literal["auto", "arcsinh", "logicle"]
Way = Literal["automatic", "workspace", "labels", "clusters"]

_KEY = "analysis.cytometry"
_MOST_CLUSTERS = 200
_Word = TypeVar("_Word", Alignment, TransformName)


@dataclass(frozen=True, slots=True)
class CytometrySettings:
    """How FCS files become cell populations; what each setting does stands beside it.

    Parameters
    ----------
    align : {"none", "controls", "batches"}
    transform : {"auto", "arcsinh", "logicle"}
    cofactor : float or None
    n_clusters : int
    ways : tuple of {"automatic", "workspace", "labels", "clusters"}
    populations : tuple of (str, str)
        The laboratory's names for gates and labels, and ids of the evidence, empty where a name
        means none.
    """

    align: Alignment = field(
        default="none",
        metadata={
            "meaning": "lineage channels of the batches are brought together by the samples of "
            "cytometry_controls (controls), by all files of a batch (batches), or not (none)"
        },
    )
    transform: TransformName = field(
        default="auto",
        metadata={
            "meaning": "scale of the markers; auto: arcsinh for mass cytometry, as the file "
            "suggests for fluorescence"
        },
    )
    cofactor: float | None = field(
        default=None,
        metadata={"meaning": "what arcsinh divides by; absent: 5 for mass, 150 for fluorescence"},
    )
    n_clusters: int = field(
        default=20,
        metadata={"meaning": f"metaclusters, 2 to {_MOST_CLUSTERS}; 0: cells are not clustered"},
    )
    ways: tuple[Way, ...] = field(
        default=(),
        metadata={
            "meaning": "of automatic, workspace, labels and clusters, those that give populations; "
            "empty: all that the files allow"
        },
    )

    populations: tuple[tuple[str, str], ...] = field(
        default=(),
        metadata={
            "meaning": "what gates and labels of people mean where their names do not say it: "
            'populations = { "P7" = "treg" }; a gate also by its path, "Live/Singlets/P7"; "" for '
            "a name that means no known population"
        },
    )

    def uses(self, way: Way) -> bool:
        """Whether populations are to be found in this way, where the files allow it.

        Examples
        --------
        >>> CytometrySettings(n_clusters=0).uses("clusters"), CytometrySettings().uses("labels")
        (False, True)
        """
        return (way in self.ways or not self.ways) and (way != "clusters" or self.n_clusters > 0)


def cytometry_settings(section: object, problems: Problems) -> CytometrySettings:
    """Return the decisions of `[analysis.cytometry]`; what is absent keeps its default.

    Parameters
    ----------
    section : object
        As parsed from TOML.
    problems : Problems
        Receives an error for every key or value that cannot be used.
    """
    default = CytometrySettings()
    if not isinstance(section, Mapping):
        problems.wrong_type(_KEY, section, f"a section [{_KEY}]")
        return default
    known = [one.name for one in fields(CytometrySettings)]
    for name in section:
        if name not in known:
            problems.unknown_key(f"{_KEY}.{name}", name, known)
    ways = {way: way for way in get_args(Way)}
    chosen = text_list(section.get("ways", []), f"{_KEY}.ways", problems)
    for word in chosen:
        if word not in ways:
            problems.unknown_key(f"{_KEY}.ways", word, ways)
    return CytometrySettings(
        align=_one_of(section, "align", get_args(Alignment), default.align, problems),
        transform=_one_of(
            section, "transform", get_args(TransformName), default.transform, problems
        ),
        cofactor=_cofactor(section, problems),
        n_clusters=_clusters(section, default.n_clusters, problems),
        ways=tuple(ways[word] for word in chosen if word in ways),
        populations=_populations(section.get("populations", {}), problems),
    )


def _populations(section: object, problems: Problems) -> tuple[tuple[str, str], ...]:
    key = f"{_KEY}.populations"
    if not isinstance(section, Mapping):
        problems.wrong_type(key, section, 'names and what they mean: { "P7" = "treg" }')
        return ()
    meant = []
    for name, value in section.items():
        found = find_population(value) if isinstance(value, str) else None
        if found is not None or value == "":
            meant.append((str(name), "" if found is None else found.id))
        elif isinstance(value, str):
            problems.unknown_key(f"{key}.{name}", value, [one.id for one in populations()])
        else:
            problems.wrong_type(f"{key}.{name}", value, 'a population such as "treg"')
    return tuple(meant)


def _one_of(
    section: Mapping[str, object],
    name: str,
    words: tuple[_Word, ...],
    default: _Word,
    problems: Problems,
) -> _Word:
    value = section.get(name, default)
    for word in words:
        if word == value:
            return word
    if isinstance(value, str):
        problems.unknown_key(f"{_KEY}.{name}", value, words)
    else:
        problems.wrong_type(f"{_KEY}.{name}", value, f"one of {', '.join(words)}")
    return default


def _cofactor(section: Mapping[str, object], problems: Problems) -> float | None:
    value = section.get("cofactor")
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf:
        return float(value)
    problems.wrong_type(f"{_KEY}.cofactor", value, "a number above zero such as 150")
    return None


def _clusters(section: Mapping[str, object], default: int, problems: Problems) -> int:
    value = section.get("n_clusters", default)
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and (value == 0 or 2 <= value <= _MOST_CLUSTERS):  # type: ignore[operator]
        return int(value)  # type: ignore[call-overload, no-any-return]
    expected = f"a whole number from 2 to {_MOST_CLUSTERS}, or 0 for no clustering"
    problems.wrong_type(f"{_KEY}.n_clusters", value, expected)
    return default
