"""What a laboratory calls a population, as an id of the evidence."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.evidence import find_population, populations
from macroimmune.formats.delimited import read_text_columns

__all__ = ["checked_population_names", "population_id", "read_population_names"]


def population_id(name: str, names: Mapping[str, str], *, path: str = "") -> str | None:
    """Return the id of the population that a name means, None where it is not known.

    Parameters
    ----------
    name : str
        Of a gate, a label or a cluster.
    names : mapping of str to str
        The laboratory's own: name, or path of a gate with strokes, to id. An empty id: this name
        means no population of the evidence.
    path : str
        Of a gate, from the top: ``Lymphocytes/Singlets/B cells``.

    Examples
    --------
    >>> population_id("CD4 T cells", {}), population_id("P7", {"P7": "treg"})
    ('cd4_t', 'treg')
    >>> population_id("B cells", {"B cells": ""}) is None
    True
    """
    for key in (path, name):
        if key in names:
            return names[key] or None
    found = find_population(name)
    return None if found is None else found.id


def checked_population_names(names: Mapping[str, str], place: str) -> dict[str, str]:
    """Return the laboratory's own names with ids of the evidence.

    Parameters
    ----------
    names : mapping of str to str
        To an id, a name or another name of a population, or to nothing.
    place : str
        Where they were written, for the message.

    Returns
    -------
    names : dict of str to str

    Raises
    ------
    InputError
        If one means a population that the evidence does not know.
    """
    checked = {}
    for name, meant in names.items():
        found = find_population(meant) if meant else None
        if meant and found is None:
            known = [one.id for one in populations()]
            msg = f"{place}, {name} = {meant!r}: no known population. {did_you_mean(meant, known)}"
            raise InputError(msg)
        checked[name] = found.id if found else ""
    return checked


def read_population_names(path: Path) -> dict[str, str]:
    """Return the laboratory's own names from a table with the columns `name` and `population`.

    Parameters
    ----------
    path : Path
        CSV, or TSV where the name ends so.

    Returns
    -------
    names : dict of str to str

    Raises
    ------
    InputError
        If the table cannot be read, lacks a column, repeats a name, or means a population that the
        evidence does not know.
    """
    separator = "\t" if path.name.endswith((".tsv", ".tsv.gz")) else ","
    wanted = ("name", "population")
    table, found = read_text_columns(path, separator, quote='"', wanted=wanted)
    if set(wanted) - set(found):
        msg = f"{path.name}: columns {list(found)}; expected name and population"
        raise InputError(msg)
    table = table.filter(pl.col("name").is_not_null())
    twice = table.filter(pl.col("name").is_duplicated())["name"]
    if len(twice):
        msg = f"{path.name}: {twice[0]!r} stands twice; expected every name once"
        raise InputError(msg)
    names = dict(zip(table["name"], table["population"].fill_null(""), strict=True))
    return checked_population_names(names, path.name)
