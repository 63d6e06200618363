"""The `[analysis]` section of `study.toml`."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from macroimmune.schema import ENDPOINTS, TABLES
from macroimmune.study.column_settings import Problems, text_list
from macroimmune.study.cytometry_settings import cytometry_settings
from macroimmune.study.repertoire_settings import repertoire_settings
from macroimmune.study.stimulation_settings import stimulation_settings
from macroimmune.study.study import AnalysisSettings

__all__ = ["analysis_settings"]

_KEYS = tuple(AnalysisSettings.__slots__)
_MOST_IMPUTATIONS = 1000
# Who a participant is, and whether one is a patient of this species, is no confounder.
_NOT_ADJUSTING = ("participant_id", "group", "species")
_ADJUSTING = [
    column.name for column in TABLES["participants"].columns if column.name not in _NOT_ADJUSTING
]


def analysis_settings(section: object, problems: Problems) -> AnalysisSettings:
    """Return the decisions of the `[analysis]` section; what is absent keeps its default.

    Parameters
    ----------
    section : object
        As parsed from TOML.
    problems : Problems
        Receives an error for every key or value that cannot be used.
    """
    if not isinstance(section, Mapping):
        problems.wrong_type("analysis", section, "a section [analysis]")
        return AnalysisSettings()
    default = AnalysisSettings()
    for name in section:
        if name not in _KEYS:
            problems.unknown_key(f"analysis.{name}", name, _KEYS)
    return AnalysisSettings(
        baseline_window_days=_window(section, default.baseline_window_days, problems),
        landmarks_days=_days(section, "landmarks_days", problems) or (),
        strata=_known(
            section, "strata", [column.name for column in TABLES["participants"].columns], problems
        ),
        endpoints=_known(section, "endpoints", list(ENDPOINTS), problems),
        control_arms=text_list(section.get("control_arms", []), "analysis.control_arms", problems),
        treated_arms=text_list(section.get("treated_arms", []), "analysis.treated_arms", problems),
        randomised=_flag(section, "randomised", problems),
        trajectories_until_days=_day(section, "trajectories_until_days", problems),
        event_kinds_from_os=_known(section, "event_kinds_from_os", ["pfs", "rfs"], problems),
        adjust_for=_known(section, "adjust_for", _ADJUSTING, problems),
        multiple_imputation=_imputations(section, problems),
        cut_points=_cut_points(section, problems),
        search_cut_points=_search_cut_points(section, problems),
        time_dependent=_flag(section, "time_dependent", problems),
        restricted_mean_days=_horizons(section, problems),
        added_value_over=text_list(
            section.get("added_value_over", []), "analysis.added_value_over", problems
        ),
        horizon_days=_by_endpoint(
            section,
            "horizon_days",
            "days above zero",
            (0.0, math.inf),
            [one.id for one in ENDPOINTS.values() if one.kind == "survival"],
            problems,
        ),
        decision_thresholds=_by_endpoint(
            section,
            "decision_thresholds",
            "a risk between 0 and 1",
            (0.0, 1.0),
            list(ENDPOINTS),
            problems,
        ),
        cytometry=cytometry_settings(section.get("cytometry", {}), problems),
        stimulation=stimulation_settings(section.get("stimulation", {}), problems),
        repertoires=repertoire_settings(section.get("repertoires", {}), problems),
    )


def _imputations(section: Mapping[str, object], problems: Problems) -> int:
    """Return how many imputations are asked for: none, or at least two."""
    value = section.get("multiple_imputation", 0)
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not (value == 0 or 2 <= value <= _MOST_IMPUTATIONS):  # type: ignore[operator]
        expected = f"a whole number from 2 to {_MOST_IMPUTATIONS} such as 20, or 0 for none"
        problems.wrong_type("analysis.multiple_imputation", value, expected)
        return 0
    return int(value)  # type: ignore[call-overload, no-any-return]


def _by_endpoint(
    section: Mapping[str, object],
    name: str,
    expected: str,
    inside: tuple[float, float],
    endpoints: list[str],
    problems: Problems,
) -> Mapping[str, float]:
    """Return a number for each endpoint that is named, all strictly between two ends."""
    given = section.get(name, {})
    if not isinstance(given, Mapping):
        problems.wrong_type(
            f"analysis.{name}", given, f"a section such as {{ os = ... }}: {expected}"
        )
        return MappingProxyType({})
    found: dict[str, float] = {}
    for endpoint, value in given.items():
        if endpoint not in endpoints:
            problems.unknown_key(f"analysis.{name}", endpoint, endpoints)
        elif (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and inside[0] < value < inside[1]
        ):
            found[endpoint] = float(value)
        else:
            problems.wrong_type(f"analysis.{name}.{endpoint}", value, expected)
    return MappingProxyType(found)


def _cut_points(
    section: Mapping[str, object], problems: Problems
) -> Mapping[str, float | Literal["median"]]:
    cuts = section.get("cut_points", {})
    if not isinstance(cuts, Mapping):
        problems.wrong_type("analysis.cut_points", cuts, "a section such as { nlr = 3 }")
        return MappingProxyType({})
    found: dict[str, float | Literal["median"]] = {}
    for feature, cut in cuts.items():
        if cut == "median":
            found[feature] = "median"
        elif isinstance(cut, int | float) and not isinstance(cut, bool) and math.isfinite(cut):
            found[feature] = float(cut)
        else:
            problems.wrong_type(f"analysis.cut_points.{feature}", cut, 'a number or "median"')
    return MappingProxyType(found)


def _search_cut_points(section: Mapping[str, object], problems: Problems) -> tuple[str, ...]:
    key = "analysis.search_cut_points"
    searched = text_list(section.get("search_cut_points", []), key, problems)
    fixed = section.get("cut_points", {})
    for feature in searched:
        if isinstance(fixed, Mapping) and feature in fixed:
            problems.add(
                key,
                f"{feature!r}, whose cut was fixed beforehand in cut_points",
                "features without a fixed cut",
                "Take it out of one of the two: a fixed cut is tested as such.",
                "cut-fixed-and-searched",
            )
    return searched


def _horizons(section: Mapping[str, object], problems: Problems) -> Mapping[str, float]:
    given = section.get("restricted_mean_days", {})
    if not isinstance(given, Mapping):
        expected = "a section such as { os = 365, pfs = 180 }"
        problems.wrong_type("analysis.restricted_mean_days", given, expected)
        return MappingProxyType({})
    known = [endpoint.id for endpoint in ENDPOINTS.values() if endpoint.kind == "survival"]
    found: dict[str, float] = {}
    for endpoint, day in given.items():
        if endpoint not in known:
            problems.unknown_key(f"analysis.restricted_mean_days.{endpoint}", endpoint, known)
        elif isinstance(day, bool) or not isinstance(day, int | float) or not 0 < day < math.inf:
            expected = "a number of days above zero"
            problems.wrong_type(f"analysis.restricted_mean_days.{endpoint}", day, expected)
        else:
            found[endpoint] = float(day)
    return MappingProxyType(found)


def _days(section: Mapping[str, object], name: str, problems: Problems) -> tuple[float, ...] | None:
    value = section.get(name, [])
    good: Callable[[object], bool] = lambda item: (  # noqa: E731
        isinstance(item, int | float) and not isinstance(item, bool) and math.isfinite(item)
    )
    if not isinstance(value, list) or not all(good(item) for item in value):
        problems.wrong_type(f"analysis.{name}", value, "a list of days such as [42]")
        return None
    return tuple(float(item) for item in value)


def _day(section: Mapping[str, object], name: str, problems: Problems) -> float | None:
    value = section.get(name)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf:
        return float(value)
    problems.wrong_type(f"analysis.{name}", value, "a day after treatment start such as 90")
    return None


def _window(
    section: Mapping[str, object], default: tuple[float, float], problems: Problems
) -> tuple[float, float]:
    if "baseline_window_days" not in section:
        return default
    days = _days(section, "baseline_window_days", problems)
    if days is None:
        return default
    if len(days) != 2 or days[0] > days[1]:
        expected = "two days, the first not after the second, such as [-42, 0]"
        problems.wrong_type("analysis.baseline_window_days", list(days), expected)
        return default
    return days[0], days[1]


def _known(
    section: Mapping[str, object], name: str, words: list[str], problems: Problems
) -> tuple[str, ...]:
    chosen = text_list(section.get(name, []), f"analysis.{name}", problems)
    for word in chosen:
        if word not in words:
            problems.unknown_key(f"analysis.{name}", word, words)
    return tuple(word for word in chosen if word in words)


def _flag(section: Mapping[str, object], name: str, problems: Problems) -> bool:
    value = section.get(name, False)
    if not isinstance(value, bool):
        problems.wrong_type(f"analysis.{name}", value, "true or false")
        return False
    return value
