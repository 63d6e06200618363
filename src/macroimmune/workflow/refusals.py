"""Studies that cannot be run: refused before anything is computed, with what to do."""

from macroimmune.cytometry import has_cytometry
from macroimmune.errors import StudyError
from macroimmune.repertoires import has_repertoires
from macroimmune.schema import ENDPOINTS
from macroimmune.study import UNSTIMULATED, Study

__all__ = [
    "stop_on_errors",
    "stop_without_cytometry",
    "stop_without_outcome",
    "stop_without_repertoires",
    "stop_without_stimulus",
]

_STIMULATED = ("cytometry", "expression", "stimulated_levels")


def stop_on_errors(study: Study) -> None:
    """Refuse a study with findings that are errors.

    Raises
    ------
    StudyError
        With the first of them and how many there are.
    """
    if not study.errors:
        return
    more = len(study.errors) - 1
    rest = f" (+{more} more; see macroimmune check)" if more else ""
    msg = f"{study.name}: {study.errors[0].sentence()}{rest}"
    raise StudyError(msg)


def stop_without_outcome(study: Study) -> None:
    """Refuse a study in which nobody has an endpoint whole.

    Raises
    ------
    StudyError
        With the times that lack their event.
    """
    outcomes, halves = study.tables["outcomes"], []
    for endpoint in ENDPOINTS.values():
        wanted = [name for name in (endpoint.time, endpoint.event) if name]
        if outcomes.drop_nulls(wanted).height:
            return
        halves += [
            f"{name} has values, {', '.join(one for one in wanted if one != name)} has none with it"
            for name in wanted
            if outcomes[name].drop_nulls().len() and len(wanted) > 1
        ]
    reason = f" ({'; '.join(halves)})" if halves else ""
    msg = (
        f"{study.name}: no participant has an endpoint{reason}; expected a time with its event, or "
        "a response; name the columns (--os-time, --os-event, --response), or write [outcomes] in "
        "study.toml"
    )
    raise StudyError(msg)


def stop_without_cytometry(study: Study) -> None:
    """Refuse a study that lists no FCS file.

    Raises
    ------
    StudyError
        With how to list them.
    """
    if not has_cytometry(study):
        msg = (
            f"{study.name}: no FCS file is listed; expected a section [cytometry] of study.toml "
            "that names a table of files; draft it with: macroimmune init"
        )
        raise StudyError(msg)


def stop_without_stimulus(study: Study) -> None:
    """Refuse a study in which no cells were stimulated.

    Raises
    ------
    StudyError
        With how to list them.
    """
    for name in _STIMULATED:
        words = study.tables[name]["stimulus"].fill_null("").str.strip_chars().str.to_lowercase()
        if not words.is_in(UNSTIMULATED).all():
            return
    held = study.tables["expression"]["stimulus_column"].fill_null("").str.strip_chars()
    if (held != "").any():
        return
    msg = (
        f"{study.name}: no stimulated well is listed; expected a stimulus in "
        f'{", ".join(_STIMULATED)}; name its column in study.toml: stimulus = "..."'
    )
    raise StudyError(msg)


def stop_without_repertoires(study: Study) -> None:
    """Refuse a study that lists no repertoire.

    Raises
    ------
    StudyError
        With how to list them.
    """
    if not has_repertoires(study):
        msg = (
            f"{study.name}: no repertoire is listed; expected a section [repertoires] of "
            "study.toml that names a table of files, or [clonotypes] that names a table of all "
            "clonotypes; draft it with: macroimmune init"
        )
        raise StudyError(msg)
