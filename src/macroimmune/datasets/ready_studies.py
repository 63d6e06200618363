"""Ready descriptions of public cohorts: a `study.toml` each, to run as it is or to learn from."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from macroimmune.closest import did_you_mean
from macroimmune.datasets.locating import locate
from macroimmune.errors import InputError

__all__ = ["ReadyStudy", "ready_studies", "study_text", "write_study"]

# In the packaged texts a data file is ${MACROIMMUNE_DATA}/<cohort>/<file>.
_PLACE = re.compile(r"\$\{MACROIMMUNE_DATA\}/([A-Za-z0-9_]+)")


@dataclass(frozen=True, slots=True)
class ReadyStudy:
    """One ready description.

    Parameters
    ----------
    name : str
        To ask for it by.
    title : str
        The name that it gives to the study.
    datasets : tuple of str
        Cohorts of the registry whose files it reads.
    """

    name: str
    title: str
    datasets: tuple[str, ...]


def _texts() -> Iterator[tuple[str, str]]:
    folder = files("macroimmune.datasets").joinpath("studies")
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            yield entry.name.removesuffix(".toml"), entry.read_text(encoding="utf-8")


@cache
def ready_studies() -> tuple[ReadyStudy, ...]:
    """Return the ready descriptions, by name.

    Examples
    --------
    >>> "chowell-train" in [study.name for study in ready_studies()]
    True
    """
    return tuple(
        ReadyStudy(name, str(tomllib.loads(text)["name"]), _cohorts(text))
        for name, text in _texts()
    )


def _cohorts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_PLACE.findall(text)))


def study_text(name: str) -> str:
    """Return a ready `study.toml`; its data files are ``${MACROIMMUNE_DATA}/<cohort>/<file>``.

    Raises
    ------
    InputError
        If there is none of that name; the message names the closest, or all.
    """
    texts = dict(_texts())
    if name in texts:
        return texts[name]
    msg = f"no ready study is called {name!r}. {did_you_mean(name, texts)}"
    raise InputError(msg)


def write_study(name: str, folder: Path) -> Path:
    """Write a ready study into `folder` and return the path of its `study.toml`.

    Parameters
    ----------
    name : str
        Of a ready study.
    folder : Path
        Made if absent. The data stay where they are; the text gets their absolute paths.

    Returns
    -------
    path : Path

    Raises
    ------
    InputError
        If there is no such study, its data are not on this machine, or `folder` already holds a
        different `study.toml`.
    """
    text = study_text(name)
    places = {cohort: locate(cohort).as_posix() for cohort in _cohorts(text)}
    filled = _PLACE.sub(lambda match: _escaped(places[match.group(1)]), text)
    path = folder / "study.toml"
    if path.exists() and path.read_text(encoding="utf-8") != filled:
        msg = f"{path}: another study stands here; choose another folder or remove it"
        raise InputError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(filled, encoding="utf-8")
    return path


def _escaped(path: str) -> str:
    """Return a path as it stands between quotes in TOML."""
    return path.replace("\\", "\\\\").replace('"', '\\"')
